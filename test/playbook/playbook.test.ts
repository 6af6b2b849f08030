// The playbook's opinion on each family of findings.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACTIONS, ActionName } from '../../functions/domain/action-catalog.ts';
import type { ActionProperties } from '../../functions/domain/action-properties.ts';
import type { Alert, Entity, EntityKind } from '../../functions/domain/alert.ts';
import { Opinion } from '../../functions/domain/assessment.ts';
import { FAMILIES } from '../../functions/playbook/families.ts';
import { judge } from '../../functions/playbook/playbook.ts';
import { familyNameOf } from '../../functions/playbook/types.ts';
import { alertWith, attacker, POLICY, theAlertItself } from '../fixtures/case.ts';
import { alertOf, sample, sampleIds } from '../intake/events.ts';

const entity = (ref: string, kind: EntityKind, value: string, part: Entity['part']): Entity => ({
  ...attacker,
  ref,
  kind,
  value,
  part,
  attributes: {},
});

const ALL_ENTITIES: Entity[] = [
  theAlertItself,
  entity('ip-1', 'ip', '203.0.113.7', 'actor'),
  entity('key-1', 'access-key', 'AKIAIOSFODNN7EXAMPLE', 'actor'),
  entity('user-1', 'iam-user', 'ana', 'actor'),
  entity('role-1', 'iam-role', 'web', 'actor'),
  entity('instance-1', 'instance', 'i-0123456789abcdef0', 'target'),
  entity('function-1', 'function', 'orders', 'target'),
  entity('ip-2', 'ip', '10.0.0.5', 'related'),
  entity('ip-3', 'ip', '10.0.0.6', 'target'),
  entity('email-1', 'email-message', 'ana@example.com/18c2f0a1b2c3d4e5', 'actor'),
];

const outcome = (type: string, change: Partial<Alert> = {}) =>
  judge({ alert: alertWith({ type, entities: ALL_ENTITIES, ...change }) });
const asked = (type: string, change: Partial<Alert> = {}) =>
  outcome(type, change)
    .recommendations.filter(({ target }) => target !== 'alert-1')
    .map(({ action, target }) => `${action} ${target}`);
const traffic = (direction: 'inbound' | 'outbound') => ({
  traffic: { layer: 'network', direction, localPort: 22, protocol: 'TCP' } as const,
});

const BLOCKED = ['add_ip_to_watchlist ip-1', 'block_ip_at_firewall ip-1'];
const CREDENTIALS = [
  'revoke_api_key key-1',
  'disable_user_account_temporarily user-1',
  'revoke_service_account_credential role-1',
];
const ISOLATED = ['increase_logging_verbosity instance-1', 'isolate_production_host instance-1'];
const LOGGED = ['increase_logging_verbosity instance-1'];

test.each([
  ['UnauthorizedAccess:EC2/SSHBruteForce', 'suspicious', BLOCKED],
  ['Recon:EC2/PortProbeUnprotectedPort', 'suspicious', BLOCKED],
  ['UnauthorizedAccess:EC2/TorIPCaller', 'suspicious', BLOCKED],
  ['CredentialAccess:RDS/AnomalousBehavior.FailedLogin', 'suspicious', []],
  ['UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom', 'malicious', CREDENTIALS],
  ['Exfiltration:S3/AnomalousBehavior', 'suspicious', CREDENTIALS],
  ['Recon:IAMUser/UserPermissions', 'suspicious', CREDENTIALS],
  ['Impact:IAMUser/PromptInjection.Direct', 'suspicious', []],
  ['Stealth:IAMUser/PasswordPolicyChange', 'unclear', []],
  [
    'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS',
    'malicious',
    ['revoke_service_account_credential role-1'],
  ],
  ['CryptoCurrency:EC2/BitcoinTool.B!DNS', 'malicious', ISOLATED],
  ['Backdoor:EC2/C&CActivity.B', 'malicious', ISOLATED],
  ['UnauthorizedAccess:EC2/TorClient', 'malicious', ISOLATED],
  ['Execution:Runtime/ReverseShell', 'malicious', ISOLATED],
  ['Impact:EC2/PortSweep', 'malicious', ISOLATED],
  ['Behavior:EC2/NetworkPortUnusual', 'suspicious', LOGGED],
  ['Execution:Runtime/NewBinaryExecuted', 'suspicious', LOGGED],
  ['DefenseEvasion:Runtime/FilelessExecution', 'suspicious', LOGGED],
  [
    'UnauthorizedAccess:Lambda/MaliciousIPCaller.Custom',
    'malicious',
    ['increase_logging_verbosity function-1', 'contain_resource function-1'],
  ],
  ['Phishing:Mail/CredentialHarvesting', 'malicious', ['quarantine_email email-1']],
  ['Software and Configuration Checks/Vulnerabilities/CVE', 'unclear', []],
  ['Invented:Nothing/AtAll', 'unclear', []],
  ['constructor', 'unclear', []],
])('judges %s as %s', (type, verdict, recommended) => {
  expect(outcome(type).verdict).toBe(verdict);
  expect(asked(type)).toEqual(recommended);
});

test.each(
  ActionName.options.filter((name) => {
    const properties: ActionProperties = ACTIONS[name];
    return 'inPlaybook' in properties && properties.inPlaybook;
  }),
)('recommends %s for some alerts, as the catalog says', (name) => {
  const recommended = Object.values(FAMILIES).flatMap(({ steps }) =>
    steps.map(({ action }) => action),
  );
  expect(recommended, 'add a step to functions/playbook/families.ts').toContain(name);
});

test.each(sampleIds)('has an entry for the type of the sample %s', (id) => {
  const alert = alertOf(sample(id));
  const name = familyNameOf(alert);
  expect(name, `add ${alert.type} to functions/playbook/types.ts`).not.toBe('unknown');
});

test('treats an outbound brute force as a compromised host, and does not block its victim', () => {
  const type = 'UnauthorizedAccess:EC2/SSHBruteForce';
  expect(asked(type, traffic('inbound'))).toEqual(['block_ip_at_firewall ip-1']);
  expect(asked(type, traffic('outbound'))).toEqual(ISOLATED);
});

test('treats an outbound connection to a listed address as a compromised host', () => {
  const type = 'UnauthorizedAccess:EC2/MaliciousIPCaller.Custom';
  expect(asked(type, traffic('inbound'))).toEqual(['block_ip_at_firewall ip-1']);
  expect(asked(type, traffic('outbound'))).toEqual(ISOLATED);
});

test('ends the sessions of a role, and blocks no address, for an attack with credentials', () => {
  const role = entity('role-1', 'iam-role', 'AWSReservedSSO_Admin_0123', 'actor');
  const entities = [theAlertItself, attacker, role];
  expect(asked('AttackSequence:IAM/CompromisedCredentials', { entities })).toEqual([
    'revoke_service_account_credential role-1',
  ]);
});

test('leaves the root user to its owner, with a runbook, and its keys alone', () => {
  const root = {
    ...entity('root-1', 'root-user', 'root', 'actor'),
    attributes: { userType: 'Root' },
  };
  const key = {
    ...entity('key-1', 'access-key', 'AKIAX', 'actor'),
    attributes: { userType: 'Root' },
  };
  const entities = [theAlertItself, key, root];
  for (const type of [
    'Policy:IAMUser/RootCredentialUsage',
    'UnauthorizedAccess:IAMUser/TorIPCaller',
  ])
    expect(asked(type, { entities }), type).toEqual(['revoke_service_account_credential root-1']);
});

test.each([
  ['Discovery:Kubernetes/SuccessfulAnonymousAccess', 'cluster'],
  ['CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce', 'database'],
] as const)('recommends isolating the target of %s', (type, kind) => {
  const entities = [theAlertItself, entity(`${kind}-1`, kind, 'shop', 'target')];
  expect(asked(type, { entities })).toEqual([`isolate_production_host ${kind}-1`]);
});

test('recommends only a ticket for posture, although its type names an attack', () => {
  const posture = { ...theAlertItself, attributes: { posture: 'configuration' } };
  const entities = [posture, ...ALL_ENTITIES.slice(1)];
  expect(asked('UnauthorizedAccess:EC2/SSHBruteForce', { entities })).toEqual([]);
});

test('does not recommend deactivating temporary credentials', () => {
  const entities = [theAlertItself, entity('key-1', 'access-key', 'ASIAIOSFODNN7EXAMPLE', 'actor')];
  expect(asked('Recon:IAMUser/UserPermissions', { entities })).toEqual([]);
});

test("recommends revoking the key of a host's credentials when no role is named", () => {
  const entities = [theAlertItself, entity('key-1', 'access-key', 'ASIAIOSFODNN7EXAMPLE', 'actor')];
  const type = 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.InsideAWS';
  expect(asked(type, { entities })).toEqual(['revoke_service_account_credential key-1']);
});

describe('notifications', () => {
  const actionsOnAlert = (
    type: string,
    label: Alert['severity']['label'],
    entities = ALL_ENTITIES,
  ) =>
    outcome(type, { severity: { score: 8, label }, entities })
      .recommendations.filter(({ target }) => target === 'alert-1')
      .map(({ action }) => action);
  const TICKET = ['create_alert_ticket'];
  const PAGED = [...TICKET, 'send_analyst_notification'];

  test('always recommends a ticket', () => {
    expect(actionsOnAlert('Invented:Nothing/AtAll', 'informational')).toEqual(TICKET);
  });
  test('recommends paging a person for a critical alert', () => {
    expect(actionsOnAlert('Backdoor:EC2/C&CActivity.B', 'critical')).toEqual(PAGED);
  });
  test('recommends paging a person for a high alert only when nothing else needs approval', () => {
    expect(actionsOnAlert('Invented:Nothing/AtAll', 'high')).toEqual(PAGED);
    expect(actionsOnAlert('Discovery:Kubernetes/MaliciousIPCaller', 'high')).toEqual(PAGED);
    expect(actionsOnAlert('Backdoor:EC2/C&CActivity.B', 'high')).toEqual(TICKET);
  });
  test('pages no one for a finding of any type that its product reports as posture', () => {
    const posture = { ...theAlertItself, attributes: { posture: 'configuration' } };
    const checked = [posture, ...ALL_ENTITIES.filter(({ kind }) => kind !== 'alert')];
    for (const type of ['Software and Configuration Checks/PCI-DSS', 'Effects/Data Exposure'])
      expect(actionsOnAlert(type, 'critical', checked), type).toEqual(TICKET);
  });
  test.each(['Software and Configuration Checks/PCI-DSS', 'Inspector:PACKAGE_VULNERABILITY'])(
    'pages a person for a critical alert although its type says %s',
    (type) => {
      expect(actionsOnAlert(type, 'critical')).toEqual(PAGED);
      expect(actionsOnAlert(type, 'high')).toEqual(TICKET);
    },
  );
});

test('gives a valid opinion on any finding: known actions on matching targets, and a ticket', () => {
  const kinds = fc.constantFrom<EntityKind>(
    'ip',
    'access-key',
    'iam-user',
    'iam-role',
    'instance',
    'function',
    'bucket',
  );
  const entities = fc
    .array(fc.record({ kind: kinds, part: fc.constantFrom('actor', 'target', 'related') }), {
      maxLength: 60,
    })
    .map((all) => [
      theAlertItself,
      ...all.map(({ kind, part }, i) =>
        entity(`any-${i + 1}`, kind, `v${i}`, part as Entity['part']),
      ),
    ]);
  const types = fc.oneof(
    fc.string({ minLength: 1, maxLength: 256 }),
    fc.constantFrom(
      'AttackSequence:S3/CompromisedData',
      'X:IAMUser/Y',
      'Recon:EC2/PortProbe',
      'Trojan:EC2/X',
    ),
  );
  const labels = fc.constantFrom<Alert['severity']['label']>('low', 'high', 'critical');
  fc.assert(
    fc.property(types, entities, labels, (type, named, label) => {
      const alert = alertWith({ type, entities: named, severity: { score: 5, label } });
      const { recommendations } = Opinion.parse(judge({ alert }));
      expect(recommendations.some(({ action }) => action === 'create_alert_ticket')).toBe(true);
      for (const { action, target } of recommendations) {
        const on = named.find(({ ref }) => ref === target);
        expect(POLICY.actions[ActionName.parse(action)].targetKinds).toContain(on?.kind);
        // An address that is not the attacker's is never a target.
        if (on?.kind === 'ip') expect(on.part).toBe('actor');
      }
    }),
    { numRuns: 500 },
  );
});
