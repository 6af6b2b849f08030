// No role can run the manual steps of a tier-3 runbook (P1).
import { describe, expect, test } from 'vitest';
import { ActionName } from '../../functions/domain/action-catalog.ts';
import type { Entity, EntityKind } from '../../functions/domain/alert.ts';
import { runbookOf } from '../../functions/messaging/runbook.ts';
import { covers, functionsOf, POLICY, templateWith } from '../../tools/generate/template.ts';
import { alertWith, attacker, NOW } from '../fixtures/case.ts';

const functions = [...functionsOf(templateWith()).values()];
const whoMay = (action: string) =>
  functions
    .filter(({ permissions }) =>
      permissions.some(
        ({ effect, actions }) => effect === 'Allow' && actions.some((one) => covers(one, action)),
      ),
    )
    .map(({ name }) => name);

const VALUES: Readonly<Partial<Record<EntityKind, string>>> = {
  instance: 'i-0123456789abcdef0',
  'network-interface': 'eni-0123456789abcdef0',
  'access-key': 'AKIAIOSFODNN7EXAMPLE',
  'iam-user': 'deploy',
  'iam-role': 'web',
  'api-key': 'abcde12345',
  'root-user': 'root',
  cluster: 'shop',
  database: 'orders',
  ip: '203.0.113.0/24',
  alert: 'f-1',
  workload: 'arn:aws:ecs:eu-central-1:111122223333:task/shop/0123456789abcdef0123456789abcdef',
  function: 'shop-checkout',
  bucket: 'shop-orders',
  resource: 'arn:aws:cloudtrail:eu-central-1:111122223333:trail/main',
};
const tier3 = ActionName.options.flatMap((name) => {
  const { tier, targetKinds } = POLICY.actions[name];
  return tier === 3 ? targetKinds.map((kind) => ({ name, kind })) : [];
});

function actOf(name: ActionName, kind: EntityKind): string[] {
  const target: Entity = {
    ...attacker,
    ref: `${kind}-1`,
    kind,
    value:
      name === 'isolate_production_host' && kind === 'ip' ? '203.0.113.7' : (VALUES[kind] ?? ''),
  };
  const ids = { actionId: 'act-0123456789abcdef-1', incidentId: 'inc-0123456789abcdef' };
  const place = { account: POLICY.account, region: 'eu-central-1', createdAt: NOW.toISOString() };
  const handedOff = { description: null, mechanism: null, parameters: {} };
  const layers = ['web', 'network'] as const;
  return layers.flatMap((layer) => {
    const alert = alertWith({ traffic: { ...alertWith().traffic, layer }, entities: [target] });
    return runbookOf({ ...ids, ...place, ...handedOff, name, target }, alert, null).act;
  });
}

/** `aws ec2 create-snapshots` needs `ec2:CreateSnapshots`. API Gateway names permissions by HTTP methods. */
function permissionsNeeded(lines: readonly string[]): string[] {
  const commands = lines.join('\n').matchAll(/\baws ([a-z0-9-]+) ([a-z-]+)/g);
  const all = [...commands].map(([, service = '', command = '']) =>
    service === 'apigateway'
      ? `apigateway:${command.startsWith('get-') ? 'GET' : 'PATCH'}`
      : `${service}:${command.replace(/(?:^|-)(.)/g, (_all, letter: string) => letter.toUpperCase())}`,
  );
  return [...new Set(all)].filter((right) => !/:(Get|Describe|List|GET)/.test(right)).sort();
}

/** Tier 2 does the same to one address, user or key. permissions.test.ts tests that these roles can do no more. */
const NEEDED_BY_TIER_2: Readonly<Partial<Record<ActionName, readonly string[]>>> = {
  block_cidr_range: ['wafv2:UpdateIpSet', 'ec2:CreateNetworkAclEntry'],
  revoke_service_account_credential: [
    'iam:UpdateAccessKey',
    'iam:AttachUserPolicy',
    'apigateway:PATCH',
  ],
};

describe('tier-3 runbooks', () => {
  test.each(tier3)('P1: $name has a runbook for $kind', ({ name, kind }) => {
    expect(actOf(name, kind)).not.toEqual([]);
  });

  test.each(tier3)('P1: no role can run the commands of $name on $kind', ({ name, kind }) => {
    const asked = permissionsNeeded(actOf(name, kind));
    expect(asked.length > 0).toBe(name !== 'send_breach_notification');
    const held = asked.filter((right) => whoMay(right).length > 0);
    const shared = NEEDED_BY_TIER_2[name] ?? [];
    expect(held.filter((right) => !shared.includes(right))).toEqual([]);
  });
});
