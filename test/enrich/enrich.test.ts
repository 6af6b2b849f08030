// Facts from our own records, failed reads, and the size limit of the brief.

import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Alert, Entity } from '../../functions/domain/alert.ts';
import { known } from '../../functions/domain/facts.ts';
import { MAX_BRIEF_BYTES } from '../../functions/enrich/brief.ts';
import type { EnrichDeps } from '../../functions/enrich/deps.ts';
import { incidentsWith } from '../../functions/enrich/earlier.ts';
import { enrich } from '../../functions/enrich/enrich.ts';
import { createApiKeys, LOCAL_API_KEYS } from '../../functions/mechanisms/api-key/stand-in.ts';
import { NO_FLOW_LOGS } from '../../functions/mechanisms/flow-log/stand-in.ts';
import {
  createLambda,
  LOCAL_FUNCTIONS,
  untouched,
} from '../../functions/mechanisms/function-log/stand-in.ts';
import { createEc2 } from '../../functions/mechanisms/network/stand-in-ec2.ts';
import { LOCAL_NETWORK } from '../../functions/mechanisms/network/stand-in-network.ts';
import { createOpsCenter } from '../../functions/mechanisms/ticket/stand-in.ts';
import { createIam, LOCAL_IAM } from '../../functions/mechanisms/user/stand-in.ts';
import {
  createUserPools,
  LOCAL_USER_POOLS,
} from '../../functions/mechanisms/user-pool/stand-in.ts';
import type { EntityEvent } from '../../functions/store/entity-history.ts';
import type { Store } from '../../functions/store/store.ts';
import { createConfigHistory } from '../../local/aws/config-history.ts';
import { createDns, LOCAL_ZONES } from '../../local/aws/dns.ts';
import { createFlowSource } from '../../local/aws/flow-source.ts';
import { inMemory } from '../../local/aws/state-file.ts';
import { createWafSamples, LOCAL_VISITS } from '../../local/aws/waf-samples.ts';
import {
  ALERT_ID,
  alertWith,
  attacker,
  HERE,
  INCIDENT_ID,
  incidentWith,
  leakedKey,
  NOW,
  POLICY,
  theAlertItself,
  theFunction,
  theInstance,
} from '../fixtures/case.ts';
import { startStores } from '../store/stores.ts';

const database = startStores();
let store: Store;
beforeEach(async () => {
  store = await database.fresh();
});

const NO_EVENTS = { lookupEvents: async () => ({ $metadata: {}, Events: [] }) };
const samples = createWafSamples(LOCAL_VISITS, () => NOW);
const depsOf = (change: Partial<EnrichDeps> = {}): EnrichDeps => ({
  store,
  asksModel: true,
  nonce: () => '7f3a2c91',
  policy: POLICY,
  here: HERE,
  ec2: createEc2(inMemory(LOCAL_NETWORK)),
  iam: createIam(inMemory(LOCAL_IAM)),
  lambda: createLambda(inMemory(LOCAL_FUNCTIONS)),
  gateway: createApiKeys(inMemory(LOCAL_API_KEYS)),
  cognito: createUserPools(inMemory(LOCAL_USER_POOLS)),
  ssm: createOpsCenter(inMemory([])),
  waf: { REGIONAL: samples, CLOUDFRONT: samples },
  trailIn: () => NO_EVENTS,
  flowSource: createFlowSource({
    ec2: createEc2(inMemory(LOCAL_NETWORK)),
    flowLogs: inMemory(NO_FLOW_LOGS),
    now: () => NOW,
  }),
  awsConfig: null,
  dns: createDns(LOCAL_ZONES),
  readDeadline: () => new AbortController().signal,
  now: () => NOW,
  log: () => {},
  ...change,
});
const INPUT = { incidentId: INCIDENT_ID, alertId: ALERT_ID, more: 'is ignored' };

async function opened(change: Partial<Alert> = {}) {
  const alert = alertWith(change);
  await store.records.createIncident(incidentWith(alert));
  await store.records.putAlert(INCIDENT_ID, alert, { raw: 'NEVER-SHOWN' });
}
const note = (change: Partial<EntityEvent> & Pick<EntityEvent, 'event'>) =>
  store.entityHistory.note(attacker, {
    incidentId: 'inc-bbbbbbbbbbbbbbbb',
    actionId: null,
    name: null,
    at: '2026-11-23T03:00:00.000Z',
    ...change,
  });
const onTheAttacker = async (deps = depsOf()) => {
  await enrich(deps, INPUT);
  const facts = await store.records.findFacts(INCIDENT_ID, ALERT_ID);
  const found = facts?.entities.find(({ ref }) => ref === attacker.ref);
  if (!found) throw new Error('there are no facts about the attacker');
  return found;
};

describe("the approvers' own addresses", () => {
  const office = (addresses: string[]) => {
    const { people } = POLICY.escalation;
    const ana = { ...people['ana.silva']!, addresses };
    const escalation = { ...POLICY.escalation, people: { ...people, 'ana.silva': ana } };
    return { ...POLICY, escalation };
  };
  const decidedFrom = (address: string) => store.approverAddresses.note('ana.silva', address, NOW);

  test("protects an approver's address while it is remembered", async () => {
    await opened();
    await decidedFrom(attacker.value);
    expect((await onTheAttacker()).protectedBy).toEqual(known('approver-address'));
    const later = new Date(NOW.getTime() + 15 * 86_400_000);
    expect((await onTheAttacker(depsOf({ now: () => later }))).protectedBy).toEqual(known(null));
  });
  test('protects an address in a range that policy lists for an approver', async () => {
    await opened();
    const facts = await onTheAttacker(depsOf({ policy: office(['203.0.113.0/28']) }));
    expect(facts.protectedBy).toEqual(known('approver-address'));
  });
  test("protects a range that contains an approver's address, and the network around an IPv6 address", async () => {
    await decidedFrom('203.0.113.200');
    await decidedFrom('2001:db8:1:2:aaaa::1');
    await opened({
      entities: [
        { ...attacker, value: '203.0.113.0/24' },
        { ...attacker, ref: 'ip-2', value: '2001:db8:1:2:bbbb::9' },
        { ...attacker, ref: 'ip-3', value: '2001:db8:1:3::9' },
        theAlertItself,
      ],
    });
    await enrich(depsOf(), INPUT);
    const facts = await store.records.findFacts(INCIDENT_ID, ALERT_ID);
    expect(facts?.entities.map(({ protectedBy }) => protectedBy)).toEqual([
      known('approver-address'),
      known('approver-address'),
      known(null),
      known(null),
    ]);
  });
  test("leaves protection unknown when the approvers' addresses cannot be read", async () => {
    await opened();
    const recent = () => Promise.reject(new Error('no answer'));
    const broken = { ...store, approverAddresses: { ...store.approverAddresses, recent } };
    expect((await onTheAttacker(depsOf({ store: broken }))).protectedBy).toMatchObject({
      known: false,
      why: expect.stringContaining('The addresses of the approvers'),
    });
  });
  test("names another protecting rule even when the approvers' addresses cannot be read", async () => {
    await opened({ entities: [{ ...attacker, value: '10.1.2.3' }, theAlertItself] });
    const recent = () => Promise.reject(new Error('no answer'));
    const broken = { ...store, approverAddresses: { ...store.approverAddresses, recent } };
    const facts = await onTheAttacker(depsOf({ store: broken }));
    expect(facts.protectedBy).toEqual(known('private-space'));
  });
});

describe('the tags of a function', () => {
  const tagged = createLambda(
    inMemory({ [theFunction.value]: { ...untouched(theFunction.value), tags: { tier: 'gold' } } }),
  );
  const gold = { id: 'crown-jewels', why: 'because of the test', tags: ['tier=gold'] };
  const policy = { ...POLICY, protected: [...POLICY.protected, gold] };
  const onTheFunction = async (change: Partial<EnrichDeps>, of: Partial<Alert> = {}) => {
    await opened({ entities: [theFunction, theAlertItself], ...of });
    await enrich(depsOf({ policy, lambda: tagged, ...change }), INPUT);
    const facts = await store.records.findFacts(INCIDENT_ID, ALERT_ID);
    return facts?.entities.find(({ ref }) => ref === theFunction.ref);
  };

  test('protects a function by its tags, and stores the tags', async () => {
    const facts = await onTheFunction({});
    expect(facts?.protectedBy).toEqual(known('crown-jewels'));
    expect(facts?.lambda).toEqual({ tags: known({ tier: 'gold' }) });
  });

  test('reads the tags by the ARN of the function', async () => {
    const asked: unknown[] = [];
    const listTags = async ({ Resource }: { Resource?: string | undefined }) => {
      asked.push(Resource);
      return { Tags: {}, $metadata: {} };
    };
    await onTheFunction({ lambda: { listTags } as unknown as EnrichDeps['lambda'] });
    expect(asked).toEqual([theFunction.attributes.arn]);
  });

  test('reads from all tags whether the owner opted in', async () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`a${i}`, 'x']));
    const listTags = async () => ({ Tags: { ...many, countermand: 'allowed' }, $metadata: {} });
    const lambda = { listTags } as EnrichDeps['lambda'];
    expect((await onTheFunction({ lambda }))?.optedIn).toEqual(known(true));
  });

  test('leaves protection unknown when the tags cannot be read', async () => {
    const listTags = () => Promise.reject(new Error('no permission'));
    const dark = await onTheFunction({ lambda: { listTags } as EnrichDeps['lambda'] });
    expect(dark?.protectedBy).toMatchObject({
      known: false,
      why: expect.stringContaining('no permission'),
    });
  });

  test('leaves protection unknown for a function of another account', async () => {
    const place = { ...HERE, account: '999999999999' };
    const theirs = await onTheFunction({}, { entities: [{ ...theFunction, place }] });
    expect(theirs?.protectedBy).toMatchObject({
      known: false,
      why: expect.stringContaining('999999999999'),
    });
  });
});

describe('recent web requests from an address', () => {
  const scanner = { ...attacker, value: '203.0.113.66' };
  test('reads sampled requests from the web ACLs that policy names', async () => {
    await opened({ entities: [scanner, theAlertItself] });
    expect((await onTheAttacker()).address?.seenOnWeb).toMatchObject({
      known: true,
      value: { requests: 3, example: 'GET /.env' },
    });
  });
  test('leaves only the web requests unknown when AWS WAF does not answer in time', async () => {
    await opened({ entities: [scanner, theAlertItself] });
    const never = { getSampledRequests: () => new Promise(() => {}) } as unknown as typeof samples;
    // Long enough for the other facts, also on a busy machine.
    const readDeadline = () => AbortSignal.timeout(1_000);
    const waf = { REGIONAL: never, CLOUDFRONT: never };
    const facts = await onTheAttacker(depsOf({ waf, readDeadline }));
    expect(facts.address?.seenOnWeb).toMatchObject({
      known: false,
      why: expect.stringContaining('The requests sampled by AWS WAF could not be read'),
    });
    expect(facts.address?.ownedBy).toEqual(known(null));
    expect(facts.protectedBy).toEqual(known(null));
  });
  test('reads no web requests when policy names no web ACL', async () => {
    await opened();
    const unused = {} as typeof samples;
    const waf = { REGIONAL: unused, CLOUDFRONT: unused };
    const facts = await onTheAttacker(depsOf({ waf, policy: { ...POLICY, webAcls: [] } }));
    expect(facts.address?.seenOnWeb).toEqual({ known: false, why: 'policy names no web ACL' });
  });
});

describe('history', () => {
  test('returns an empty history, not an unknown one, for a target that was never seen', async () => {
    await opened();
    expect((await onTheAttacker()).history).toEqual({
      earlierIncidents: known([]),
      inForce: known([]),
      reversedByPeople: known(0),
      declined: known(0),
    });
  });
  test('lists earlier incidents, actions in force, and what people decided', async () => {
    await opened();
    const block = { actionId: 'act-1', name: 'block_ip_at_firewall' };
    const effect = { mechanism: 'waf.watch-address', parameters: {} };
    const watch = { actionId: 'act-2', name: 'add_ip_to_watchlist', effect };
    await note({ event: 'incident', incidentId: INCIDENT_ID });
    await note({ event: 'incident', incidentId: 'inc-aaaaaaaaaaaaaaaa' });
    await note({ event: 'in-force', ...block });
    await note({ event: 'reversed-by-person', ...block, at: '2026-11-23T04:00:00.000Z' });
    await note({ event: 'in-force', ...watch });
    await note({ event: 'declined', actionId: 'act-3', name: 'block_ip_at_firewall' });
    expect((await onTheAttacker()).history).toEqual({
      earlierIncidents: known(['inc-aaaaaaaaaaaaaaaa']),
      inForce: known([watch]),
      reversedByPeople: known(1),
      declined: known(1),
    });
  });
  test('leaves reversals by people unknown when the history is longer than the part that is read', async () => {
    await opened();
    const at = (i: number) => new Date(NOW.getTime() - i * 60_000).toISOString();
    await note({ event: 'reversed-by-person', actionId: 'act-1', at: at(100) });
    for (let i = 0; i < 50; i++)
      await note({ event: 'incident', incidentId: `inc-${i}`, at: at(i) });
    expect((await onTheAttacker()).history.reversedByPeople.known).toBe(false);
  });
  test('does not say that there are no earlier incidents when it reads only a part', async () => {
    await opened();
    const related = () => incidentsWith({ store, log: () => {} }, attacker, INCIDENT_ID);
    await note({ event: 'incident', incidentId: 'inc-aaaaaaaaaaaaaaaa' });
    expect(await related(), 'an incident that is not readable').toMatchObject({ known: false });
    for (let i = 0; i < 50; i++)
      await note({
        ...{ event: 'declined', actionId: `act-${i}`, incidentId: INCIDENT_ID },
        at: NOW.toISOString(),
      });
    const { history } = await onTheAttacker();
    expect(history.earlierIncidents).toMatchObject({ known: false });
    expect(await related()).toMatchObject({ known: false });
  });
  test('leaves only the history unknown when it cannot be read', async () => {
    await opened();
    const broken = {
      ...store,
      entityHistory: { ...store.entityHistory, read: () => Promise.reject(new Error('gone')) },
    };
    const facts = await onTheAttacker(depsOf({ store: broken }));
    for (const fact of Object.values(facts.history)) expect(fact.known).toBe(false);
    expect(facts.protectedBy).toEqual(known(null));
    expect(facts.address?.cidr).toEqual(known('203.0.113.7/32'));
  });
});

test('names the protecting rule of policy, and reads address facts only for addresses', async () => {
  await opened({ entities: [{ ...attacker, value: '10.0.0.9' }, theAlertItself] });
  await enrich(depsOf(), INPUT);
  const facts = await store.records.findFacts(INCIDENT_ID, ALERT_ID);
  expect(facts?.readAt).toBe(NOW.toISOString());
  expect(
    facts?.entities.map(({ ref, protectedBy, address }) => [ref, protectedBy, !!address]),
  ).toEqual([
    ['ip-1', known('private-space'), true],
    ['alert-1', known(null), false],
  ]);
});

test('throws when the alert does not exist', async () => {
  await expect(enrich(depsOf(), INPUT)).rejects.toThrow('ALERT#al-0123456789abcdef not found');
});

describe('the brief', () => {
  const briefFor = async (deps = depsOf()) => (await enrich(deps, INPUT)).brief;

  test('the brief contains what names targets and the dossier, and nothing of the raw event', async () => {
    await opened();
    const brief = await briefFor();
    expect(brief.alert.entities.map(({ ref }) => ref)).toEqual(['ip-1', 'alert-1']);
    expect(brief.dossier).toContain('ip-1 ip actor 203.0.113.7');
    expect(brief.dossier).toContain('change calendar none');
    expect(JSON.stringify(brief)).not.toContain('NEVER-SHOWN');
  });
  test('the dossier says how earlier incidents of the same attacker ended', async () => {
    await opened();
    const incidentId = 'inc-aaaaaaaaaaaaaaaa';
    await store.records.createIncident({ ...incidentWith(), incidentId, outcome: 'handed-off' });
    await note({ event: 'incident', incidentId });
    expect((await briefFor()).dossier).toContain(
      'earlier incident 2026-11-24: Recon:EC2/PortProbeUnprotectedPort, ended handed-off',
    );
  });
  test('the dossier says that earlier incidents are unknown when they cannot be read', async () => {
    await opened();
    await note({ event: 'incident' });
    const findIncident = () => Promise.reject(new Error('gone'));
    const broken = { ...store, records: { ...store.records, findIncident } };
    expect((await briefFor(depsOf({ store: broken }))).dossier).toContain(
      'earlier incidents: could not be read',
    );
  });
  test('the dossier says what people declined about the same attacker, and why', async () => {
    await opened();
    await note({ event: 'declined', actionId: 'act-1', name: 'block_ip_at_firewall' });
    const declineReasons = [
      {
        by: 'ana',
        at: NOW.toISOString(),
        why: 'expected-work',
        note: 'our nightly scan runs then',
      },
    ];
    const findAction = async () => ({ approval: { declineReasons, votes: [] } }) as never;
    const records = { ...store.records, findAction };
    const { dossier } = await briefFor(depsOf({ store: { ...store, records } }));
    expect(dossier).toContain('people declined block_ip_at_firewall on ip-1, reason expected-work');
    expect(dossier).toContain('words: nightly scan');
    expect(dossier).not.toContain('runs then');
  });
  test('the dossier names planned work that covers an entity, with its reason', async () => {
    const why = 'The nightly export reads from this address.';
    const plannedWork = [{ id: 'nightly-export', why, values: ['203.0.113.7'], identities: ['*'] }];
    await opened();
    const covered = [{ ...plannedWork[0], identities: undefined }] as typeof POLICY.plannedWork;
    const { dossier } = await briefFor(depsOf({ policy: { ...POLICY, plannedWork: covered } }));
    expect(dossier).toContain('covered by planned work nightly-export');
    expect(dossier).toContain(`planned work nightly-export covers ip-1: ${why}`);
  });

  test('the dossier names a scanner that policy declares at the address, and who owns it', async () => {
    const scanner = { id: 'weekly-scan', owner: 'Platform security', until: '2026-12-31' };
    const why = 'The weekly scan of all public addresses';
    const scanners = [{ ...scanner, why, networks: ['203.0.113.0/28'] }];
    await opened();
    const deps = depsOf({ policy: { ...POLICY, scanners } });
    const { dossier } = await briefFor(deps);
    expect(dossier).toMatch(/^ip-1 .*declared scanner weekly-scan until 2026-12-31/m);
    expect(dossier).toContain(`declared scanner weekly-scan of Platform security: ${why}`);
    const by = { kind: 'network', value: '203.0.113.0/28' };
    expect((await onTheAttacker(deps)).scanner).toEqual(known({ ...scanner, why, by }));
  });

  test('an alert asks DNS once for the name of an address, and the answer stays until an action runs', async () => {
    const declared = { id: 'survey', owner: 'Ana', until: '2026-12-31', why: 'The survey' };
    const policy = { ...POLICY, scanners: [{ ...declared, domains: ['survey.example'] }] };
    const names = { '203.0.113.7': ['probe-7.survey.example'] };
    const dns = createDns({ names, addresses: { 'probe-7.survey.example': ['203.0.113.7'] } });
    await opened();
    const { reverseDns, scanner } = await onTheAttacker(depsOf({ policy, dns }));
    expect(reverseDns).toMatchObject({ known: true, value: { claim: { isConfirmed: true } } });
    expect(scanner).toMatchObject({ known: true, value: { id: 'survey' } });
    const namesOf = () => expect.fail('it was asked again');
    const again = { ...INPUT, actionId: 'act-0123456789abcdef-1' };
    await enrich(depsOf({ policy, dns: { ...dns, namesOf } }), again);
    const facts = await store.records.findFacts(INCIDENT_ID, ALERT_ID);
    expect(facts?.entities[0]).toMatchObject({ reverseDns, scanner });
  });

  const longest = (i: number, letter: string): Entity => ({
    ...attacker,
    ref: `ip-${i + 1}`,
    value: `${i}${letter.repeat(700)}`,
    attributes: Object.fromEntries(
      Array.from({ length: 20 }, (_, j) => [`n${j}`, letter.repeat(400)]),
    ),
  });
  test.each(['x', '<', '\u0000', '€', '\ud800', '"'])(
    'the brief stays within its limit when every field has its maximum length and consists of %j',
    async (letter) => {
      const alert = alertWith({
        title: letter.repeat(1024),
        description: letter.repeat(4096),
        findingId: letter.repeat(512),
        notes: Array.from({ length: 50 }, () => letter.repeat(512)),
        entities: [theAlertItself, ...Array.from({ length: 80 }, (_, i) => longest(i, letter))],
      });
      const records = {
        ...store.records,
        alert: async () => alert,
        incident: async () => incidentWith(alert),
        putFacts: async () => {},
      };
      const brief = await briefFor(depsOf({ store: { ...store, records } }));
      const size = Buffer.byteLength(JSON.stringify(brief).replaceAll('<', '\\u003c'));
      expect(size).toBeLessThanOrEqual(MAX_BRIEF_BYTES);
      expect(brief.alert.entities[0]?.ref).toBe('alert-1');
      expect(brief.alert.entities.length).toBeGreaterThanOrEqual(20);
      expect(brief.alert.entities.length + brief.alert.entitiesLeftOut).toBe(81);
    },
  );
});

test('throws when the alert cannot be read, so that the state machine retries', async () => {
  await opened();
  const records = { ...store.records, alert: () => Promise.reject(new Error('down')) };
  await expect(enrich(depsOf({ store: { ...store, records } }), INPUT)).rejects.toThrow('down');
});

test('P12: stores the facts and leaves the verdict to the playbook when the dossier cannot be composed', async () => {
  await opened();
  const reserve = vi.fn(async () => null);
  const counted = { ...store, modelCalls: { ...store.modelCalls, reserve } };
  const nonce = () => {
    throw new Error('a fault');
  };
  const { brief, ...rest } = await enrich(depsOf({ store: counted, nonce }), INPUT);
  expect(rest).toHaveProperty('modelNotAsked', 'the text that it gets could not be composed');
  expect(reserve).not.toHaveBeenCalled();
  expect(brief.alert.entities.map(({ ref }) => ref)).toEqual(['ip-1', 'alert-1']);
  const facts = await store.records.findFacts(INCIDENT_ID, ALERT_ID);
  expect(facts?.entities.map(({ ref }) => ref)).toEqual(['ip-1', 'alert-1']);
});

test('stores the facts before it composes the dossier, so that a crash there cannot lose them', async () => {
  await opened();
  const steps: string[] = [];
  const putFacts: typeof store.records.putFacts = (...facts) => {
    steps.push('stored');
    return store.records.putFacts(...facts);
  };
  const nonce = () => {
    steps.push('composed');
    return '7f3a2c91';
  };
  await enrich(
    depsOf({ nonce, store: { ...store, records: { ...store.records, putFacts } } }),
    INPUT,
  );
  expect(steps.slice(0, 2)).toEqual(['stored', 'composed']);
});

test('reserves no model call when it reads the facts of an approved action or a repeated request', async () => {
  await opened();
  const action = 'act-0123456789abcdef-1';
  for (let n = 0; n <= POLICY.analysis.budget.perIncidentPerHour; n++) {
    await enrich(depsOf(), { ...INPUT, actionId: action });
    await enrich(depsOf(), { ...INPUT, askAnew: action });
  }
  expect(await enrich(depsOf(), INPUT)).not.toHaveProperty('modelNotAsked');
});

test.each([
  ['low', 'low'],
  ['high', 'high'],
  ['low', 'critical'],
] as const)(
  'P12: reserves the call about an alert of severity %s in an incident of severity %s',
  async (label, worst) => {
    await opened(alertWith({ severity: { score: 5, label } }));
    const reserve = vi.fn(async () => null);
    const counted = { ...store, modelCalls: { ...store.modelCalls, reserve } };
    const incident = await store.records.incident(INCIDENT_ID);
    const [first] = incident.alerts;
    const alerts = [...incident.alerts, { ...first!, severity: worst }];
    const records = { ...counted.records, incident: async () => ({ ...incident, alerts }) };
    await enrich(depsOf({ store: { ...counted, records } }), INPUT);
    expect(reserve).toHaveBeenCalledWith(
      { incidentId: INCIDENT_ID, severity: label, worst },
      POLICY.analysis.budget,
      expect.any(Date),
    );
  },
);

test('stores what CloudTrail and flow logs list and tells the model, and neither asks again nor forgets it before an approved action', async () => {
  const recorded = { ...theInstance, value: 'i-0bb2cc3dd4ee5ff60' };
  await opened({ entities: [leakedKey, recorded, theAlertItself] });
  const CloudTrailEvent = JSON.stringify({
    ...{ eventTime: NOW.toISOString(), eventSource: 'iam.amazonaws.com', eventName: 'CreateUser' },
    ...{ awsRegion: 'us-east-1', readOnly: false },
  });
  const lookupEvents = vi.fn(async () => ({ $metadata: {}, Events: [{ CloudTrailEvent }] }));
  const deps = depsOf({ trailIn: () => ({ lookupEvents }) });
  expect(await enrich(deps, INPUT)).toMatchObject({
    brief: { dossier: expect.stringContaining('changes to IAM or logging=iam:CreateUser') },
  });
  const facts = await store.records.findFacts(INCIDENT_ID, ALERT_ID);
  expect(facts?.entities[0]?.activity).toMatchObject({ value: { changes: ['iam:CreateUser'] } });
  expect(facts?.entities[1]?.flows).toMatchObject({ known: true });
  const asked = lookupEvents.mock.calls.length;
  const action = 'act-0123456789abcdef-1';
  for (const again of [{ actionId: action }, { askAnew: action }]) {
    await enrich(deps, { ...INPUT, ...again });
    const kept = await store.records.findFacts(INCIDENT_ID, ALERT_ID);
    // The pages of the other requests show the lines that the analysis cites.
    expect(kept?.citable).toEqual(facts?.citable);
    expect(kept?.entities[0]?.activity).toEqual(facts?.entities[0]?.activity);
    expect(kept?.entities[1]?.flows).toEqual(facts?.entities[1]?.flows);
  }
  expect(lookupEvents).toHaveBeenCalledTimes(asked);
});

test('describes an instance once for its facts, its role and its traffic', async () => {
  await opened({ entities: [{ ...theInstance, value: 'i-0bb2cc3dd4ee5ff60' }, theAlertItself] });
  const declared = { id: 'survey', owner: 'Ana', until: '2026-12-31', why: 'The survey' };
  const roles = ['arn:aws:iam::111122223333:role/survey'];
  const ec2 = createEc2(inMemory(LOCAL_NETWORK));
  const describeInstances = vi.spyOn(ec2, 'describeInstances');
  await enrich(depsOf({ ec2, policy: { ...POLICY, scanners: [{ ...declared, roles }] } }), INPUT);
  const facts = await store.records.findFacts(INCIDENT_ID, ALERT_ID);
  expect(facts?.entities[0]).toMatchObject({
    ...{ instance: { exposure: { known: true } }, scanner: { known: true } },
    flows: { known: true },
  });
  expect(describeInstances).toHaveBeenCalledTimes(1);
});

test('stores what AWS Config lists about the security group of an instance, and asks only once', async () => {
  await opened({ entities: [{ ...theInstance, value: 'i-0bb2cc3dd4ee5ff60' }, theAlertItself] });
  const awsConfig = createConfigHistory(() => NOW);
  const read = vi.spyOn(awsConfig, 'getResourceConfigHistory');
  const readFacts = () => store.records.findFacts(INCIDENT_ID, ALERT_ID);
  await enrich(depsOf({ awsConfig }), INPUT);
  const found = (await readFacts())?.entities[0]?.configChanges;
  expect(found).toMatchObject({ value: { changes: [{ opened: ['tcp 22'] }] } });
  expect(read).toHaveBeenCalledTimes(2);
  await enrich(depsOf({ awsConfig }), { ...INPUT, actionId: 'act-0123456789abcdef-1' });
  expect((await readFacts())?.entities[0]?.configChanges).toEqual(found);
  expect(read).toHaveBeenCalledTimes(2);
});

test('P12: forbids the model above its budget, or when the budget cannot be read', async () => {
  await opened(alertWith({ severity: { score: 9, label: 'critical' } }));
  const { perIncidentPerHour } = POLICY.analysis.budget;
  for (let n = 0; n < perIncidentPerHour; n++)
    expect(await enrich(depsOf(), INPUT)).not.toHaveProperty('modelNotAsked');
  expect(await enrich(depsOf(), INPUT)).toHaveProperty(
    'modelNotAsked',
    'it was asked 5 times about this incident in the last hour, which is the limit',
  );
  const reserve = () => Promise.reject(new Error('no answer'));
  const broken = { ...store, modelCalls: { ...store.modelCalls, reserve } };
  expect(await enrich(depsOf({ store: broken }), INPUT)).toHaveProperty(
    'modelNotAsked',
    'the budget of model calls could not be read',
  );
  expect(await enrich(depsOf({ asksModel: false }), INPUT)).not.toHaveProperty('modelNotAsked');
});
