// The commands of runbooks and manual undos, as messages carry them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ActionName, targetKindsOf } from '../../functions/domain/action-catalog.ts';
import type { Entity, EntityKind } from '../../functions/domain/alert.ts';
import { harmless } from '../../functions/domain/wording.ts';
import { MECHANISMS } from '../../functions/mechanisms/registry.ts';
import { runbookOf } from '../../functions/messaging/runbook.ts';
import { alertWith, attacker, INCIDENT_ID, NOW, POLICY, subjectOn } from '../fixtures/case.ts';

const NAMES: Partial<Record<EntityKind, string>> = {
  'access-key': 'AKIAIOSFODNN7EXAMPLE',
  'api-key': 'k4partner9',
  instance: 'i-0123456789abcdef0',
  'network-interface': 'eni-0f1e2d3c4b5a69781',
  'email-message': 'ana@example.com/18c2f0a1b2c3d4e5',
  ip: '203.0.113.7',
};
const ATTRIBUTES = {
  userName: 'report-export',
  userPoolId: 'eu-central-1_EXAMPLE12',
  provider: 'gmail',
  interfaceIds: 'eni-0f1e2d3c4b5a69781',
};
/** Of the mechanisms that need any. */
const PARAMETERS: Readonly<Record<string, Record<string, string>>> = {
  network: { networkAclId: 'acl-0a1b2c3d4e5f60701', direction: 'ingress' },
  'flow-log': { interfaceId: 'eni-0f1e2d3c4b5a69781' },
};
const targetOf = (kind: EntityKind): Entity => ({
  ...attacker,
  ref: `${kind}-1`,
  kind,
  value: NAMES[kind] ?? 'shop',
  attributes: ATTRIBUTES,
});

const runbookFor = (name: ActionName, kind: EntityKind, region: string) =>
  runbookOf(
    {
      ...{ actionId: 'act-0123456789abcdef-1', incidentId: INCIDENT_ID, name },
      ...{ account: POLICY.account, region, createdAt: NOW.toISOString() },
      ...{ description: null, mechanism: null, parameters: {}, target: targetOf(kind) },
    },
    alertWith(),
    null,
  );
const RUNBOOKS = ActionName.options.flatMap((name) =>
  targetKindsOf(name).map((kind) => [name, kind] as const),
);

test.each(RUNBOOKS)('a message carries the commands of %s on %s unchanged', (name, kind) => {
  const { look, act, undo } = runbookFor(name, kind, 'eu-central-1');
  const lines = [...look, ...act, ...undo];
  expect(lines.map(harmless)).toEqual(lines);
});

/** An event of a product that isn't AWS's may name any text as the region. */
const REGION = "x'$(echo run >&2)`id >&2`";

/** Runs each line with commands that only print their arguments. */
function printed(lines: readonly string[]): string {
  const print = ['aws', 'xargs', 'whois', 'kubectl'].map(
    (name) => `${name}() { printf '<%s>' "$@" >&3; }`,
  );
  const script = [...print, ...lines].join('\n');
  return execFileSync('bash', ['--norc', '-c', `exec 3>&1 >&2; REGION=x; ${script}`], {
    cwd: mkdtempSync(join(tmpdir(), 'commands-')),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

test.each(MECHANISMS.map((one) => [one.id, one] as const))(
  'the manual undo of %s passes the region to the shell as one argument',
  (_id, mechanism) => {
    const [kind = 'ip'] = mechanism.targetKinds;
    const target = targetOf(kind);
    const parameters = PARAMETERS[mechanism.scope] ?? ATTRIBUTES;
    const { manualUndo } = mechanism.describe(
      { ...subjectOn(target, { parameters }), region: REGION },
      null,
    );
    const commands = manualUndo.filter((line) => line.includes(' --region '));
    const regions = printed(commands)
      .split('<--region>')
      .slice(1)
      .map((rest) => [REGION, 'us-east-1'].find((region) => rest.startsWith(`<${region}>`)));
    expect(regions).not.toContain(undefined);
    expect(regions.length > 0).toBe(commands.length > 0);
  },
);

test.each([
  ['function', 'concurrency', '5', 'put-function-concurrency'],
  ['bucket', 'public-access.json', '{"BlockPublicAcls":true}', 'put-public-access-block'],
] as const)(
  'the undo of a contained %s removes nothing when it fails to restore the saved value',
  (kind, file, saved, restored) => {
    const { undo } = runbookFor('contain_resource', kind, 'eu-central-1');
    const given = `printf '%s' '${saved}' > act-0123456789abcdef-1.${file}`;
    const failing = `aws() { printf '<%s>' "$2" >&3; return 1; }`;
    expect(printed([given, failing, ...undo, 'true'])).toBe(`<get-caller-identity><${restored}>`);
  },
);

test.each([
  ['An error occurred (NoSuchPublicAccessBlockConfiguration)', 'delete-public-access-block'],
  ['An error occurred (AccessDenied)', 'put-public-access-block'],
  ['', 'put-public-access-block'],
])('the undo of a contained bucket opens it only if it had no block before: %j', (answer, call) => {
  const { act, undo } = runbookFor('contain_resource', 'bucket', 'eu-central-1');
  const getting = `aws() { [ "$2" = get-public-access-block ] && echo '${answer}' >&2; }`;
  const undoing = `aws() { printf '<%s>' "$2" >&3; }`;
  expect(printed([getting, ...act, undoing, ...undo])).toBe(`<get-caller-identity><${call}>`);
});
