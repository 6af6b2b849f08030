// What speaks against asking: success, planned work, people's early undos.
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../functions/domain/alert.ts';
import type { ConfigEffect } from '../../functions/domain/config-changes.ts';
import type { Evidence } from '../../functions/domain/evidence.ts';
import { type EntityFacts, known } from '../../functions/domain/facts.ts';
import { unreadIdentity } from '../../functions/enrich/identity.ts';
import { unreadInstance } from '../../functions/enrich/instance.ts';
import { judge, pagesAnyway } from '../../functions/playbook/playbook.ts';
import { whyRaised } from '../../functions/playbook/quiet.ts';
import { NO_SIGNS, type Signs, signsOf } from '../../functions/playbook/signs.ts';
import {
  alertWith,
  attacker,
  factsAbout,
  factsWith,
  leakedKey,
  NOW,
  suspectUser,
  theAlertItself,
  theInstance,
} from '../fixtures/case.ts';
import { flowsWith, peerWith } from '../fixtures/flows.ts';

const STOLEN = 'UnauthorizedAccess:IAMUser/MaliciousIPCaller';
const UNUSUAL = 'Persistence:IAMUser/AnomalousBehavior';
const alertOf = (type: string, label: Alert['severity']['label']) =>
  alertWith({
    type,
    severity: { score: 5, label },
    entities: [theAlertItself, attacker, leakedKey, suspectUser],
  });
const asked = (type: string, label: Alert['severity']['label'], signs: Partial<Signs> = {}) =>
  judge({ alert: alertOf(type, label), signs: { ...NO_SIGNS, ...signs } })
    .recommendations.map(({ target }) => target)
    .filter((target) => target !== 'alert-1' && target !== 'ip-1');
const CREDENTIAL = ['key-1', 'user-1'];

test('asks about the credential if nothing is known, as in a brief of an earlier version', () => {
  expect(asked(UNUSUAL, 'medium')).toEqual(CREDENTIAL);
});

test.each([
  ['the attempts failed', { outcome: 'failed' }],
  ['it only read settings', { isConsequential: false }],
] as const)(
  'does not ask about an unusual medium alert if %s, but does about a stolen key',
  (_, signs) => {
    expect(asked(UNUSUAL, 'medium', signs)).toEqual([]);
    expect(asked(UNUSUAL, 'high', signs)).toEqual(CREDENTIAL);
    expect(asked(STOLEN, 'medium', signs)).toEqual(CREDENTIAL);
  },
);

describe('planned work', () => {
  test('explains a high alert if it covers the address: no request and no page', () => {
    const planned = { planned: ['ip-1'] };
    expect(asked(STOLEN, 'high', planned)).toEqual([]);
    expect(pagesAnyway(alertOf(STOLEN, 'high'), { ...NO_SIGNS, ...planned })).toBe(false);
  });
  test('does not explain a high alert if it covers only the key, because a thief has the same key', () => {
    expect(asked(STOLEN, 'high', { planned: ['key-1'] })).toEqual(CREDENTIAL);
    expect(asked(STOLEN, 'medium', { planned: ['key-1'] })).toEqual(CREDENTIAL);
    expect(asked(STOLEN, 'high', { planned: ['key-1'], isOurAddress: true })).toEqual([]);
  });
  test('explains no high alert if it covers one of two addresses', () => {
    const alert = alertOf(STOLEN, 'high');
    const second = { ...attacker, ref: 'ip-2', value: '203.0.113.8' };
    const both = { ...alert, entities: [...alert.entities, second] };
    const pages = (...planned: string[]) => pagesAnyway(both, { ...NO_SIGNS, planned });
    expect([pages('ip-1', 'key-1'), pages('ip-1', 'ip-2')]).toEqual([true, false]);
  });
  test('explains no high alert if it covers one of two hosts', () => {
    const hosts = ['instance-1', 'instance-2'].map((ref) => ({ ...theInstance, ref }));
    const alert = { ...alertOf('Trojan:EC2/DropPoint', 'high'), entities: hosts };
    const pages = (...planned: string[]) => pagesAnyway(alert, { ...NO_SIGNS, planned });
    expect([pages('instance-1'), pages('instance-1', 'instance-2')]).toEqual([true, false]);
  });
  test('never explains a critical alert', () => {
    expect(asked(STOLEN, 'critical', { planned: ['ip-1', 'key-1'], isOurDoing: true })).toEqual(
      CREDENTIAL,
    );
    expect(pagesAnyway(alertOf(STOLEN, 'critical'), { ...NO_SIGNS, planned: ['ip-1'] })).toBe(true);
  });
});

test('leaves out a target that a person restored early, below high severity', () => {
  expect(asked(STOLEN, 'medium', { settled: ['key-1'] })).toEqual(['user-1']);
  expect(asked(STOLEN, 'high', { settled: ['key-1'] })).toEqual(CREDENTIAL);
});

test('asks nothing about a sample, and pages no one', () => {
  expect(asked(STOLEN, 'critical', { isSample: true })).toEqual([]);
  expect(pagesAnyway(alertOf(STOLEN, 'high'), { ...NO_SIGNS, isSample: true })).toBe(false);
});

describe('what logs list beside a finding about failed reads', () => {
  const at = NOW.toISOString();
  const failedRead: Evidence = {
    kind: 'api-call',
    ...{ values: { api: 'ListUsers', error: 'AccessDenied' }, untrusted: {} },
    ...{ refs: [], from: null, until: null, foundAt: '$' },
  };
  const alert = { ...alertOf(UNUSUAL, 'medium'), evidence: [failedRead] };
  const seen = { appeared: [], before: 1 };
  const activity = (changes: string[]) =>
    known({
      ...{ from: at, to: at, events: 1, isComplete: true, firstAt: at, lastAt: at, calls: [] },
      ...{ otherCalls: 0, changes, networks: seen, regions: seen, userAgents: seen },
    });
  const change = (by: string | null, succeeded: number) =>
    known({
      ...{ from: at, to: at, isComplete: true, others: 0 },
      changes: [
        {
          ...{ name: 's3:PutBucketPolicy', by, succeeded, failed: 1, error: 'AccessDenied' },
          ...{ firstAt: at, lastAt: at },
        },
      ],
    });
  const flows = (proven: number) =>
    known(flowsWith([peerWith({ accepted: proven, rejected: 1, proven })]));
  const config = (effect: ConfigEffect) =>
    known({
      ...{ from: at, to: at, isComplete: true, others: 0 },
      changes: [
        {
          ...{ at, group: null, status: 'changed' as const, parts: [], otherParts: 0 },
          ...{ opened: [], closed: [], effects: [effect] },
        },
      ],
    });
  test.each<[string, boolean, Partial<EntityFacts>]>([
    ['nothing', false, {}],
    ['reads of the key', false, { activity: activity([]) }],
    ['a new user made by the key', true, { activity: activity(['iam:CreateUser']) }],
    ['a change of a resource by the key', true, { changes: change('key-1', 1) }],
    ['a change of a resource that failed', false, { changes: change('key-1', 0) }],
    ['a change of a resource by a deployment', false, { changes: change(null, 1) }],
    ['data both ways with the attacker', true, { flows: flows(2) }],
    ['rejected connections of the attacker', false, { flows: flows(0) }],
    [
      'rights of an administrator for the key',
      true,
      { configChanges: config('AdministratorAccess attached') },
    ],
    ['a new role of the host', false, { configChanges: config('role attached') }],
  ])(
    'takes %s for a success, beside which an inactive key does not settle its user: %s',
    (_, expected, facts) => {
      const identity = { ...unreadIdentity('not read'), status: known('Inactive') };
      const about = factsAbout('key-1', { address: null, identity, ...facts });
      const { outcome, isConsequential, settled } = signsOf(alert, factsWith(about));
      expect(settled).toEqual(expected ? ['key-1'] : CREDENTIAL);
      expect([outcome, isConsequential]).toEqual(
        expected ? ['succeeded', true] : ['failed', false],
      );
    },
  );
});

describe('a change of access or logging', () => {
  const acted = { hasActed: true };
  test.each<[string, Partial<Signs>]>([
    ['an account of the organization', { isAffiliated: true }],
    ['an address of this account', { isOurAddress: true }],
    ['a plan for the user', { planned: ['user-1'] }],
  ])('is asked about, below high severity, although %s explains what changes nothing', (_, why) => {
    expect(asked(UNUSUAL, 'medium', why)).toEqual([]);
    expect(asked(UNUSUAL, 'medium', { ...why, ...acted })).toEqual(CREDENTIAL);
  });

  test('is asked about after a sign-in with MFA', () => {
    const login = 'UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B';
    expect(asked(login, 'medium', { hasMfa: true })).toEqual([]);
    expect(asked(login, 'medium', { hasMfa: true, ...acted })).toEqual(CREDENTIAL);
  });

  test('is explained by a plan that covers the address, too', () => {
    expect(asked(UNUSUAL, 'medium', { planned: ['ip-1', 'user-1'], ...acted })).toEqual([]);
  });

  test('pages someone if the alert names nothing to stop', () => {
    const alert = { ...alertOf(UNUSUAL, 'medium'), entities: [theAlertItself, attacker] };
    expect(pagesAnyway(alert, { ...NO_SIGNS, ...acted })).toBe(true);
    expect(pagesAnyway(alert, NO_SIGNS)).toBe(false);
  });

  test('makes a low alert a medium one if the root user did it, and no plan explains it', () => {
    expect(asked(UNUSUAL, 'low', acted)).toEqual([]);
    expect(asked(UNUSUAL, 'low', { ...acted, raisedBy: 'root' })).toEqual(CREDENTIAL);
    const raised = (change: Partial<Signs>, label: Alert['severity']['label'] = 'low') =>
      whyRaised(alertOf(UNUSUAL, label), { ...NO_SIGNS, raisedBy: 'root', ...change });
    expect(raised({})).toBe('the root user changed access or logging');
    expect(raised({ planned: ['ip-1'] })).toBeNull();
    expect(raised({ isSample: true })).toBeNull();
    expect(raised({}, 'medium')).toBeNull();
  });
});

describe('who raises a low alert', () => {
  const call = (values: Record<string, string>): Evidence => ({
    ...{ kind: 'api-call', values: { service: 'iam.amazonaws.com', ...values } },
    ...{ untrusted: {}, refs: [], from: null, until: null, foundAt: '$' },
  });
  const root = { ...suspectUser, kind: 'root-user' as const, ref: 'root-1' };
  const by = (
    actor: typeof root | typeof suspectUser,
    values: Record<string, string>,
    about: Partial<EntityFacts> = {},
  ) =>
    signsOf(
      { ...alertOf(UNUSUAL, 'low'), entities: [actor, attacker], evidence: [call(values)] },
      factsWith(factsAbout(actor.ref, { address: null, ...about })),
    ).raisedBy;
  const administrator = (
    isAdministrator: boolean,
    appeared: string[],
    before = 3,
  ): Partial<EntityFacts> => ({
    identity: { ...unreadIdentity('not read'), access: known({ isAdministrator, policies: 1 }) },
    activity: known({
      ...{ from: NOW.toISOString(), to: NOW.toISOString(), events: 1, isComplete: true },
      ...{ firstAt: NOW.toISOString(), lastAt: NOW.toISOString(), calls: [], otherCalls: 0 },
      ...{ changes: [], networks: { appeared, before } },
      ...{ regions: { appeared: [], before }, userAgents: { appeared: [], before } },
    }),
  });
  const NEW = ['203.0.113.0/24'];

  test('the root user with a call that changes access or logging and succeeds', () => {
    expect(by(root, { api: 'CreateAccessKey' })).toBe('root');
    expect(by(root, { api: 'StopLogging', service: 'cloudtrail.amazonaws.com' })).toBe('root');
    expect(by(root, { api: 'CreateAccessKey', error: 'LimitExceeded' })).toBeNull();
    expect(by(root, { api: 'ListUsers' })).toBeNull();
    // The console of IAM makes this call by itself.
    expect(by(root, { api: 'GenerateCredentialReport' })).toBeNull();
    expect(by(root, { api: 'GenerateCredentialReport, CreateAccessKey' })).toBe('root');
    expect(by(root, { api: 'PutObject', service: 's3.amazonaws.com' })).toBeNull();
  });

  test('an administrator only from a new network', () => {
    const api = 'CreateAccessKey';
    expect(by(suspectUser, { api }, administrator(true, NEW))).toBe('administrator');
    expect(by(suspectUser, { api }, administrator(true, []))).toBeNull();
    expect(by(suspectUser, { api }, administrator(true, NEW, 0))).toBeNull();
    expect(by(suspectUser, { api }, administrator(false, NEW))).toBeNull();
    expect(by(suspectUser, { api: 'ListUsers' }, administrator(true, NEW))).toBeNull();
  });
});

test('treats a database as entered if one login succeeds, although the type speaks of failed ones', () => {
  const database = {
    ...theInstance,
    kind: 'database' as const,
    ref: 'database-1',
    part: 'target' as const,
  };
  const alert = alertWith({
    type: 'CredentialAccess:RDS/MaliciousIPCaller.FailedLogin',
    severity: { score: 5, label: 'medium' },
    entities: [theAlertItself, attacker, database],
  });
  const targets = (outcome: Signs['outcome']) =>
    judge({ alert, signs: { ...NO_SIGNS, outcome } }).recommendations.map(({ target }) => target);
  expect(targets('failed')).not.toContain('database-1');
  expect(targets('succeeded')).toContain('database-1');
});

describe('an attack on a host', () => {
  const BRUTE = 'UnauthorizedAccess:EC2/SSHBruteForce';
  const observed = (kind: Evidence['kind'], values: Record<string, string>): Evidence => ({
    ...{ kind, values: { blocked: 'false', ...values }, untrusted: {}, refs: [] },
    ...{ from: null, until: null, foundAt: '$' },
  });
  const CONNECTION = observed('connection', { localPort: '22' });
  const second = { ...attacker, ref: 'ip-2', value: '203.0.113.8' };
  const DETACHED = { kind: 'network-interface', ref: 'eni-1', part: 'related' } as const;
  const outcome = (
    about: Partial<EntityFacts>,
    evidence = CONNECTION,
    entities: Alert['entities'] = [attacker, theInstance],
    change: Partial<Alert> = {},
  ) =>
    signsOf(
      alertWith({ type: BRUTE, entities, evidence: [evidence], ...change }),
      factsWith(factsAbout('instance-1', { address: null, ...about })),
    ).outcome;
  const rejected = peerWith({ accepted: 0, rejected: 40 });
  const early = new Date(NOW.getTime() - 61_000).toISOString();
  const later = new Date(NOW.getTime() + 61_000).toISOString();

  test('fails if flow logs list its connections, all of them rejected', () => {
    expect(outcome({ flows: known(flowsWith([rejected])) })).toBe('failed');
  });

  test.each([
    ['one connection is accepted', [{ ...rejected, accepted: 1 }], {}],
    ['the host answers on its own', [rejected, peerWith({ begunBy: 'host' })], {}],
    ['not every record was read', [rejected], { isComplete: false }],
    ['a record could not be read', [rejected], { unreadable: 1 }],
    ['only rejected connections are recorded', [rejected], { recorded: 'rejected' as const }],
    ['they end before the alert', [{ ...rejected, lastAt: early }], {}],
    // From port 443 to a high port: what came in was accepted, and only the host's own packets count.
    ['the host seems to have begun them', [{ ...rejected, begunBy: 'host' as const }], {}],
    [
      'the host answered, and no record lists what it answered',
      [{ ...rejected, bytesOut: 52 }],
      {},
    ],
    ['they are read from a later time on', [{ ...rejected, lastAt: later }], { from: later }],
  ])('may have succeeded if %s', (_, peers, change) => {
    expect(outcome({ flows: known(flowsWith(peers, change)) })).toBe('succeeded');
  });

  test('may have succeeded if flow logs list only one of two attackers', () => {
    const facts = { flows: known(flowsWith([rejected])) };
    expect(outcome(facts, CONNECTION, [attacker, second, theInstance])).toBe('succeeded');
  });

  test.each<[string, Partial<EntityFacts>, Evidence, Alert['entities'], Partial<Alert>]>([
    ['it went on after the last record', {}, CONNECTION, [], { lastSeenAt: later }],
    ['a key acts as well', {}, CONNECTION, [leakedKey], {}],
    ['a call succeeded', {}, observed('api-call', { api: 'RunInstances' }), [], {}],
    ['a process ran', {}, observed('process', {}), [], {}],
    ['another resource is a target', {}, CONNECTION, [{ ...theInstance, kind: 'database' }], {}],
    ['its interface was detached', {}, CONNECTION, [{ ...theInstance, ...DETACHED }], {}],
  ])('may have succeeded although all was rejected: %s', (_, about, evidence, others, change) => {
    const facts = { flows: known(flowsWith([rejected])), ...about };
    const found = outcome(facts, evidence, [attacker, theInstance, ...others], change);
    expect(found).not.toBe('failed');
  });

  const closing = (closed: string, isOpen: boolean | null = false): Partial<EntityFacts> => ({
    instance: {
      ...unreadInstance('not read'),
      inbound: known({ fromAnywhere: [], attackedPort: { port: 22, isOpen } }),
    },
    configChanges: known({
      ...{ from: early, to: NOW.toISOString(), isComplete: true, others: 0 },
      changes: [
        {
          ...{ at: NOW.toISOString(), group: null, status: 'changed' as const, parts: [] },
          ...{ otherParts: 0, opened: [], closed: [closed], effects: [] },
        },
      ],
    }),
  });
  test.each([
    ['a probe of a closed port', 'failed', false, observed('port-probe', { ports: '22' })],
    ['a probe of an open port', 'succeeded', true, observed('port-probe', { ports: '22' })],
    [
      'a probe of a port that may be open',
      'succeeded',
      null,
      observed('port-probe', { ports: '22' }),
    ],
    [
      'a probe of another port, too',
      'succeeded',
      false,
      observed('port-probe', { ports: '22, 80' }),
    ],
    ['a connection before the port was closed', 'succeeded', false, CONNECTION],
  ])('that is %s has the outcome: %s', (_, expected, isOpen, evidence) => {
    expect(outcome(closing('tcp 1-80', isOpen), evidence)).toBe(expected);
  });

  test('that is a probe may have succeeded if AWS Config does not record that its port was closed', () => {
    const probe = observed('port-probe', { ports: '22' });
    expect(outcome(closing('tcp 23'), probe)).toBe('succeeded');
    expect(outcome(closing('udp 22'), probe)).toBe('succeeded');
    expect(outcome(closing('everything'), probe)).toBe('failed');
  });
});
