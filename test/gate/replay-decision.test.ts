// A decision is made again from its record alone, and its cost is recorded.
import { beforeEach, expect, test } from 'vitest';
import { explainCopies } from '../../cli/explain-copies.ts';
import { replayed } from '../../cli/recorded-decision.ts';
import { archive } from '../../functions/archive/archive.ts';
import type { Item } from '../../functions/archive/change.ts';
import { withAlertProof } from '../../functions/authority/alerts.ts';
import { readRuling } from '../../functions/authority/rulings.ts';
import type { Action } from '../../functions/domain/action.ts';
import type { Alert } from '../../functions/domain/alert.ts';
import type { Assessment, Attempt, Recommendation } from '../../functions/domain/assessment.ts';
import type { Decision } from '../../functions/domain/decision.ts';
import { type EntityFacts, known } from '../../functions/domain/facts.ts';
import type { GateDeps } from '../../functions/gate/deps.ts';
import { gate } from '../../functions/gate/gate.ts';
import { priced } from '../../functions/gate/price.ts';
import { effectsOf } from '../../functions/mechanisms/registry.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import type { ActionPolicy } from '../../functions/policy/schemas/actions.ts';
import type { Store } from '../../functions/store/store.ts';
import { copiesInMemory, parseCopy } from '../../local/archive-copies.ts';
import {
  ALERT_ID,
  alertWith,
  assess,
  factsAbout,
  factsWith,
  HERE,
  INCIDENT_ID,
  NOW,
  POLICY,
  recommend,
} from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { readyForGate, UNKNOWN_TYPE } from './ready.ts';

let store: Store;
/** Copies of all records, as the archive writes them. */
let copies: ReturnType<typeof copiesInMemory>;
let pending: Promise<unknown>[];
beforeEach(async () => {
  copies = copiesInMemory();
  pending = [];
  const put = (key: string, body: string) => copies.put(key, body);
  const log = (_level: string, message: string, fields: object = {}) =>
    expect.fail(`${message} ${JSON.stringify(fields)}`);
  store = storeOn(
    memoryTable((change) => {
      const sequence = String(pending.length + 1);
      const copied = archive(
        { keys: KEYS, put, log },
        { ...change, sequence, at: NOW.toISOString() },
      );
      pending.push(copied);
    }),
  );
  await readyForGate(store);
});

const deps = (policy = POLICY, now = NOW): GateDeps => ({
  ...{ store, policy, here: HERE, keys: KEYS, effectsOf },
  now: () => now,
  log: () => {},
});
const IDS = { incidentId: INCIDENT_ID, alertId: ALERT_ID };
const decideOn = (recommended: Partial<Recommendation>, policy?: Policy) =>
  gate(deps(policy), { ...IDS, assessment: assess(recommend(recommended)) });

/** What `npm run explain -- --copies` finds, from the copies alone. */
async function explained() {
  await Promise.all(pending);
  const lines: string[] = [];
  const out = {
    line: (text: string) => void lines.push(text),
    write: () => {},
    progress: () => {},
  };
  const { results, counts } = await explainCopies(copies, undefined, out);
  return { results: results as Explained[], counts, text: lines.join('\n') };
}
type Explained = { action: string; disposition: string; outcome: string; differences: string[] };

const withAlert = async (change: Partial<Alert>) =>
  store.records.putAlert(
    INCIDENT_ID,
    await withAlertProof(KEYS.alerts, INCIDENT_ID, alertWith(change)),
    {},
  );
const withFacts = (change: Partial<EntityFacts>) =>
  store.records.putFacts(
    INCIDENT_ID,
    ALERT_ID,
    factsWith(factsAbout('ip-1', change), factsAbout('alert-1', { address: null })),
  );
const WATCH = { action: 'add_ip_to_watchlist' };
const BLOCK = { action: 'block_ip_at_firewall' };
const autoBlock = { ...POLICY.actions.block_ip_at_firewall, tier: 1 } as ActionPolicy;
const NO_SLOTS: Policy = {
  ...POLICY,
  actions: { ...POLICY.actions, block_ip_at_firewall: autoBlock },
  limits: {
    ...POLICY.limits,
    automaticPerMinute: { perAccount: 0, perAction: 0, perIncident: 0 },
    slotsReservedForSevere: { perAccount: 0, perAction: 0, perIncident: 0, targetsPerHour: 0 },
  },
};
const cause = { incidentId: null, actionId: null, why: 'our role' };

type Kind = {
  kind: string;
  expected: string;
  code: string;
  recommended: Partial<Recommendation>;
  policy?: Policy;
  prepare?: () => Promise<unknown>;
};
const watched = (kind: string, expected: string, code: string, prepare: Kind['prepare']): Kind => ({
  ...{ kind, expected, code, recommended: WATCH },
  ...(prepare && { prepare }),
});
const KINDS: Kind[] = [
  { kind: 'an automatic action', expected: 'auto', code: 'tier-1', recommended: WATCH },
  { kind: 'a request', expected: 'approve', code: 'tier-2', recommended: BLOCK },
  {
    ...{ kind: 'a hand-off', expected: 'hand-off', code: 'tier-3' },
    recommended: { action: 'block_cidr_range' },
  },
  {
    ...{ kind: 'a low confidence', expected: 'dropped', code: 'below-confidence-floor' },
    recommended: { ...BLOCK, confidence: 1 },
    prepare: () => withAlert(UNKNOWN_TYPE),
  },
  {
    ...{ kind: 'shadow mode', expected: 'observe', code: 'shadow-mode', recommended: WATCH },
    policy: { ...POLICY, mode: 'shadow' },
  },
  {
    ...{ kind: 'a limit', expected: 'approve', code: 'rate-limit', recommended: BLOCK },
    policy: NO_SLOTS,
  },
  watched('a protected target', 'hand-off', 'protected-target', () =>
    withFacts({ protectedBy: known(POLICY.protected[0]?.id ?? '') }),
  ),
  watched('the breaker', 'approve', 'switch-ask', () => {
    const noted = { mishap: 'failedReversals' as const, actionId: 'act-0123456789abcdef-9' };
    return store.killSwitch.note(POLICY.account, noted, POLICY.limits.breaker, NOW);
  }),
  watched('the kill switch', 'hand-off', 'switch-halt', () =>
    store.killSwitch.halt(POLICY.account, {
      ...{ mode: 'halt', at: NOW.toISOString(), by: 'person:ana.silva', why: 'test' },
    }),
  ),
  watched('a self-inflicted alert', 'approve', 'self-inflicted', () =>
    withAlert({ causedBy: cause, generation: 2 }),
  ),
  watched('planned work', 'approve', 'planned-work', () =>
    withFacts({ plannedWork: 'nightly-export' }),
  ),
];

test.each(KINDS)(
  'decides $kind the same again from copies alone, after every record changed',
  async ({ expected, code, recommended, policy, prepare = async () => {} }) => {
    await prepare();
    await decideOn(recommended, policy);
    const [{ disposition, reasons } = expect.fail('nothing was decided')] =
      await store.records.actions(INCIDENT_ID);
    expect(disposition).toBe(expected);
    expect(reasons.map((one) => one.code)).toContain(code);
    await withAlert({ severity: { score: 9, label: 'critical' } });
    await withFacts({ protectedBy: known(null) });
    await store.records.putAssessment(INCIDENT_ID, ALERT_ID, assess());
    const { results, counts, text } = await explained();
    expect(results.flatMap(({ differences }) => differences)).toEqual([]);
    expect(counts).toEqual({ same: results.length, differs: 0, missing: 0 });
    expect(text).toContain('Decided again from its record: the same.');
  },
);

test('decides the same again about an effect that another alert requested', async () => {
  await decideOn(BLOCK);
  const other = { incidentId: 'inc-1123456789abcdef', alertId: 'al-1123456789abcdef' };
  const alert = alertWith({ alertId: other.alertId });
  const proven = await withAlertProof(KEYS.alerts, other.incidentId, alert);
  await store.records.putAlert(other.incidentId, proven, {});
  await store.records.putFacts(other.incidentId, other.alertId, factsWith());
  await gate(deps(), { ...other, assessment: assess(recommend(BLOCK)) });
  const [joined] = await store.records.actions(other.incidentId);
  expect(joined?.reasons.map(({ code }) => code)).toContain('already-requested');
  const { counts, results } = await explained();
  expect(counts).toEqual({ same: results.length, differs: 0, missing: 0 });
});

test('records what an approved action was decided on again, before it runs', async () => {
  await decideOn(BLOCK);
  const [{ actionId } = expect.fail('nothing was decided')] =
    await store.records.actions(INCIDENT_ID);
  await gate(deps(), { ...IDS, actionId });
  await Promise.all(pending);
  const keys = (await copies.keys('')).filter((key) => key.includes('/DECISION/'));
  const all = await Promise.all(keys.map(async (key) => parseCopy(await copies.text(key))));
  expect(all.map(({ record }) => (record?.record as Decision | undefined)?.again).sort()).toEqual([
    actionId,
    undefined,
  ]);
});

test('stores a policy once, and finds a decision or a policy that was altered or is missing', async () => {
  await decideOn(WATCH);
  await gate(deps(), { ...IDS, assessment: assess(recommend(BLOCK)) });
  await Promise.all(pending);
  const all = await copies.keys('');
  expect(all.filter((key) => key.includes('/POLICY/'))).toHaveLength(1);
  const conclusion = async (kind: string, record: (item: Item) => unknown) => {
    const without = copiesInMemory();
    for (const key of all) {
      const copy = parseCopy(await copies.text(key));
      const changed = record(copy.record ?? {});
      const isKept = !key.includes(kind) || changed !== null;
      const body = key.includes(kind) ? { ...copy, record: changed } : copy;
      if (isKept) await without.put(key, JSON.stringify(body));
    }
    const out = { line: () => {}, write: () => {}, progress: () => {} };
    const { results, exitCode } = await explainCopies(without, undefined, out);
    expect(exitCode).toBe(1);
    return (results as { missing: string }[])[0]?.missing;
  };
  const altered = ({ record, ...item }: Item) => ({
    ...item,
    record: { ...Object(record), mode: 'shadow' },
  });
  expect(await conclusion('/POLICY/', () => null)).toBe('the record of the policy is missing');
  expect(await conclusion('/POLICY/', altered)).toBe('the record of the policy was altered');
  expect(await conclusion('/DECISION/', () => null)).toBe('the record of the decision is missing');
  expect(await conclusion('/DECISION/', altered)).toBe('the record of the decision was altered');
});

test('names the rules that would decide differently', async () => {
  await decideOn(WATCH);
  const [action = expect.fail('nothing was decided')] = await store.records.actions(INCIDENT_ID);
  await Promise.all(pending);
  const considered = action.considered.map((one) =>
    one.rule === 'is-live' ? { ...one, verdict: 'observe' as const } : one,
  );
  const recorded = { decisions: new Map<string, unknown>(), policies: new Map<string, unknown>() };
  for (const key of await copies.keys('')) {
    const { sk, pk, record } = parseCopy(await copies.text(key));
    if (key.includes('/DECISION/')) recorded.decisions.set(sk, record?.record);
    if (key.includes('/POLICY/')) recorded.policies.set(pk.slice('POLICY#'.length), record?.record);
  }
  const changed = { ...action, considered, disposition: 'observe' as const };
  expect(replayed(changed, recorded).differences).toEqual([
    expect.stringMatching(/^the rule is-live was observe on .*, and would be ok on/),
    'the disposition was observe, and would be auto',
  ]);
  expect(replayed(action, recorded).differences).toEqual([]);
  const planted = { code: 'protected-target', text: 'Protected' };
  const altered: [Partial<Action>, RegExp][] = [
    [{ reasons: [...action.reasons, planted], disposition: 'hand-off' }, /no rule gives.*"Protec/],
    [{ alertId: 'al-1123456789abcdef' }, /^the alert was /],
    [{ policyVersion: 'other' }, /^the version of policy was "other"/],
    [{ mechanism: null, parameters: {} }, /^the change in AWS would differ$/],
    [
      { recommendation: { ...action.recommendation, confidence: 1 } },
      /^the rule confident-enough was/,
    ],
    [{ durationMinutes: 9 }, /^the duration was 9/],
  ];
  for (const [change, says] of altered)
    expect(replayed({ ...action, ...change }, recorded).differences).toContainEqual(
      expect.stringMatching(says),
    );
});

test('proves what a decision depended on with its ruling', async () => {
  await decideOn(BLOCK);
  const all = await store.records.actions(INCIDENT_ID);
  const action = all.find(({ disposition }) => disposition === 'approve');
  if (!action) throw new Error('nothing needs approval');
  expect(await readRuling(KEYS.rulings, action)).toMatchObject({ inputs: action.inputs });
  const other = { ...action, inputs: 'a'.repeat(64) };
  expect(await readRuling(KEYS.rulings, other)).toBeNull();
});

const withAttempts = (attempts: Attempt[]): Assessment => ({
  ...assess(recommend()),
  record: {
    dossier: 'ALERT',
    dossierTokens: 1,
    tokenizer: 'countermand-estimate-1',
    promptVersion: 'a'.repeat(12),
    answeredBy: 'claude-sonnet-5-5',
    requestId: 'req_1',
    stopReason: 'end_turn',
    tokens: null,
    attempts,
    latencyMs: 1,
    costUsd: null,
  },
});

test('records the cost of every answered attempt by the prices in policy, and the opinion of the playbook', async () => {
  const none = { input: 0, cacheWrite: 0, cacheRead: 0, output: 0 };
  const attempt = {
    ...{ provider: 'bedrock' as const, status: 200, error: null },
    model: 'eu.anthropic.claude-sonnet-5-5',
  };
  const sent = withAttempts([
    { ...attempt, status: 529, tokens: null },
    { ...attempt, tokens: { ...none, output: 100_000 } },
    { ...attempt, tokens: { ...none, input: 1_000_000, cacheRead: 1_000_000 } },
  ]);
  await gate(deps(), { incidentId: INCIDENT_ID, alertId: ALERT_ID, assessment: sent });
  const stored = await store.records.findAssessment(INCIDENT_ID, ALERT_ID);
  expect(stored?.record).toEqual({ ...sent.record, costUsd: 4.8 });
  expect(stored?.playbook?.recommended).toContain('create_alert_ticket alert-1');
});

test('records no cost if the model of an attempt has no price', async () => {
  const tokens = { input: 1, cacheWrite: 0, cacheRead: 0, output: 1 };
  const attempts = [
    { ...{ provider: 'anthropic' as const, status: 200, error: null }, model: 'other', tokens },
  ];
  expect(priced(withAttempts(attempts), POLICY.analysis).record?.costUsd).toBeNull();
});
