// What the gate decides about resources without the owner's opt-in tag.
import { describe, expect, test } from 'vitest';
import { ActionName } from '../../functions/domain/action-catalog.ts';
import type { Entity } from '../../functions/domain/alert.ts';
import { type Fact, known, unknown } from '../../functions/domain/facts.ts';
import { decide } from '../../functions/gate/decide.ts';
import type { Circumstances } from '../../functions/gate/proposal.ts';
import { effectsOf } from '../../functions/mechanisms/registry.ts';
import {
  alertWith,
  attacker,
  customer,
  DRILLED,
  factsAbout,
  factsWith,
  HERE,
  NOW,
  POLICY,
  partnerKey,
  recommend,
  theFunction,
  theInstance,
} from '../fixtures/case.ts';

const circumstances = (change: Partial<Circumstances>): Circumstances => ({
  ...{ alert: alertWith(), facts: null, policy: POLICY, here: HERE, generation: 1 },
  ...{ switchMode: 'run', drills: DRILLED, now: NOW, effectsOf, existingActions: new Map() },
  ...{ isAlertProven: true, findingState: 'active', ...change },
});

describe.each<[Entity, string, string]>([
  [
    theFunction,
    'increase_logging_verbosity',
    `aws lambda tag-resource --region 'eu-central-1' --resource arn:aws:lambda:eu-central-1:111122223333:function:shop-resize-images --tags countermand=allowed`,
  ],
  [
    partnerKey,
    'revoke_api_key',
    `aws apigateway tag-resource --region 'eu-central-1' --resource-arn arn:aws:apigateway:eu-central-1::/apikeys/k4partner9 --tags countermand=allowed`,
  ],
  [
    customer,
    'disable_user_account_temporarily',
    `aws cognito-idp tag-resource --region 'eu-central-1' --resource-arn arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_EXAMPLE12 --tags countermand=allowed`,
  ],
])('a target of the kind $kind', (target, action, command) => {
  const decided = (optedIn?: Fact<boolean>) => {
    const facts = factsAbout(target.ref, { address: null, ...(optedIn && { optedIn }) });
    const alert = alertWith({ entities: [target] });
    return decide(
      recommend({ action: ActionName.parse(action), target: target.ref }),
      circumstances({ alert, facts: factsWith(facts) }),
    );
  };
  const codes = (ruling: ReturnType<typeof decided>) => ruling.reasons.map(({ code }) => code);

  test('is changed only with the tag', () => {
    expect(['auto', 'approve']).toContain(decided(known(true)).disposition);
    expect(codes(decided(known(true)))).not.toContain('not-opted-in');
  });

  test('is handed off without the tag, with the command that adds it', () => {
    const ruling = decided(known(false));
    expect(ruling.disposition).toBe('hand-off');
    expect(ruling.reasons).toContainEqual({
      code: 'not-opted-in',
      text: expect.stringMatching(
        / the tag countermand=allowed is missing on the (function|API key|user pool) /,
      ),
    });
    expect(ruling.reasons.map(({ text }) => text).join()).toContain(command);
  });

  test.each([
    ['could not be read', unknown('The tags could not be read: AccessDenied')],
    ['were not read', undefined],
  ])('is handed off if its tags %s', (_, fact) => {
    const ruling = decided(fact);
    expect([ruling.disposition, codes(ruling)]).toEqual([
      'hand-off',
      expect.arrayContaining(['opt-in-unknown']),
    ]);
  });
});

describe('a network ACL', () => {
  const acl = (networkAclId: string, optedIn?: boolean) => ({
    ...{ networkAclId, isDefault: false, vpcId: 'vpc-1', otherInterfaces: 0 },
    ...{ subnets: { ids: [], count: 0 }, instances: { ids: [], count: 0 } },
    rules: { ingress: { ipv4: 2, ipv6: 0 }, egress: { ipv4: 2, ipv6: 0 } },
    ...(optedIn !== undefined && { optedIn }),
  });
  const ruled = (...acls: ReturnType<typeof acl>[]) =>
    decide(
      recommend(),
      circumstances({
        alert: alertWith({
          traffic: { layer: 'network', direction: 'inbound', localPort: 22, protocol: 'TCP' },
          entities: [attacker, theInstance],
        }),
        facts: factsWith(
          factsAbout('ip-1'),
          factsAbout('instance-1', {
            address: null,
            instance: {
              ...{ tags: known({}), forwards: known(false), interfaceIds: known([]) },
              networkAcls: known(acls),
            },
          }),
        ),
      }),
    );
  const [first, second] = ['acl-0a1b2c3d4e5f60701', 'acl-0a1b2c3d4e5f60702'];

  test('gets a rule with the tag', () => {
    expect(ruled(acl(first, true)).disposition).toBe('approve');
  });

  test.each([
    ['has no tag', acl(second, false)],
    ['was read by an earlier version', acl(second)],
  ])('gets no rule, nor does another one of the instance, if it %s', (_, other) => {
    const ruling = ruled(acl(first, true), other);
    expect(ruling.disposition).toBe('hand-off');
    expect(ruling.reasons.find(({ code }) => code === 'not-opted-in')?.text).toContain(
      `aws ec2 create-tags --region 'eu-central-1' --resources '${second}' --tags Key=countermand,Value=allowed`,
    );
  });
});
