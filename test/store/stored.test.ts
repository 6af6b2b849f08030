// Items of earlier versions can be read, shown, swept and undone (P4, P9).
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type * as z from 'zod/mini';
import { signEffect, unsignedEffects } from '../../cli/earlier-effects.ts';
import { readRuling } from '../../functions/authority/rulings.ts';
import { Alert } from '../../functions/domain/alert.ts';
import { Assessment } from '../../functions/domain/assessment.ts';
import { Unavailable } from '../../functions/domain/errors.ts';
import { Facts } from '../../functions/domain/facts.ts';
import { readStored } from '../../functions/domain/stored.ts';
import { issueLink } from '../../functions/links/link.ts';
import { MECHANISMS } from '../../functions/mechanisms/registry.ts';
import { chainFault } from '../../functions/store/hash-chain.ts';
import type { Item } from '../../functions/store/table.ts';
import { type Site, startSite } from '../browser/site.ts';
import { ALERT_ID, INCIDENT_ID, NOW, POLICY } from '../fixtures/case.ts';
import { resume } from '../fixtures/switch.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/stored');
const FOLDERS = join(import.meta.dirname, '../../functions/mechanisms');
const files = globSync('v*/*.json', { cwd: FOLDER }).sort();
/** The versions with a full incident. A later one may hold only what is new in it. */
const versions = files.flatMap((file) => /^(v\d+)\/incident\.json$/.exec(file)?.[1] ?? []);
const read = (file: string) => readFileSync(join(FOLDER, file), 'utf8');
const itemsOf = (version: string): Item[] =>
  files
    .filter((file) => file.startsWith(`${version}/`) && !file.endsWith('/before-states.json'))
    .map((file) => JSON.parse(read(file)));

test('items of earlier versions are never changed or removed', () => {
  const listed = readFileSync(join(FOLDER, 'SHA256SUMS'), 'utf8').trim().split('\n');
  const sums = files.map(
    (file) => `${createHash('sha256').update(read(file)).digest('hex')}  ${file}`,
  );
  expect(sums.sort()).toEqual(listed.sort());
});

/** Each mechanism with its schema. The registry that gate and pages use holds only what describes them. */
async function mechanismsWithSchema(): Promise<Map<string, z.ZodMiniType>> {
  const files = globSync('*/*.ts', { cwd: FOLDERS }).filter((file) => !file.endsWith('.test.ts'));
  const modules: object[] = await Promise.all(files.map((file) => import(join(FOLDERS, file))));
  return new Map(
    modules
      .flatMap((one) => Object.values(one))
      .filter((value) => typeof value?.id === 'string' && value.before && value.connect)
      .map(({ id, before }) => [id, before]),
  );
}

test('every mechanism reads a before-state that an earlier version stored', async () => {
  const schemas = await mechanismsWithSchema();
  expect([...schemas.keys()].sort()).toEqual(MECHANISMS.map(({ id }) => id).sort());
  const stored = [
    ...versions.map((version) => read(`${version}/before-states.json`)),
    // Each folder adds what later versions of its mechanisms store.
    ...globSync('*/before-states.json', { cwd: FOLDERS }).map((file) =>
      readFileSync(join(FOLDERS, file), 'utf8'),
    ),
  ].flatMap((text) => Object.entries(JSON.parse(text)));
  expect([...new Set(stored.map(([id]) => id))].sort()).toEqual([...schemas.keys()].sort());
  for (const [id, before] of stored)
    expect(() => readStored(schemas.get(id)!, before, { what: id })).not.toThrow();
});

let site: Site;
beforeEach(async () => {
  incidentId = INCIDENT_ID;
  site = await startSite();
});
afterEach(() => site.stop({ written: true }));

/** The incident in the items of each version. Its ID names the layout. */
const INCIDENTS: Readonly<Record<string, string>> = {
  v1: INCIDENT_ID,
  v2: 'inc-20123456789abcdef',
};
let incidentId = INCIDENT_ID;

const id = (n: number) => `act-0123456789abcdef-${n}`;
const store = () => site.world.runtime.store;
const load = (n: number) => store().records.action(incidentId, id(n));
const putUnsigned = async (items: readonly Item[]) => {
  for (const item of items) await store().table.put(item);
  // The switch was set to run without a signature. A person resumed, as docs/upgrade.md says.
  expect((await store().killSwitch.read(POLICY.account)).mode).toBe('halt');
  await resume(store(), POLICY.account, NOW);
};
/** A person has signed the effects of the earlier version, as docs/upgrade.md says. */
const putAll = async (items: readonly Item[]) => {
  await putUnsigned(items);
  const signing = { store: store(), evidence: site.world.runtime.keys.evidence };
  for (const action of await unsignedEffects(store()))
    await signEffect(signing, action, { by: 'ana.silva', at: NOW });
};
/** Ana's link to keep or reverse the action. */
const reviewPath = async (n: number) => {
  const { digest } = await load(n);
  const claims = { purpose: 'review', incidentId, actionId: id(n), digest } as const;
  const expires = site.world.clock.now().getTime() / 1000 + 3600;
  return `/review/${await issueLink(site.world.runtime.mac, { ...claims, person: 'ana.silva', expires })}`;
};
/** The list of incidents and the changes in force. */
const console_ = async () => {
  await site.world.runtime.tick();
  const pages = ['/console', '/console/in-force'].map(async (path) =>
    (await fetch(site.url + path)).text(),
  );
  return (await Promise.all(pages)).join('').replaceAll('<wbr>', '');
};

test('P2: counts no answer to a request without proof, and makes the request again', async () => {
  await putUnsigned(itemsOf('v1'));
  const { digest } = await load(2);
  const expires = site.world.clock.now().getTime() / 1000 + 600;
  const claims = {
    purpose: 'approve',
    incidentId: INCIDENT_ID,
    actionId: id(2),
    digest,
  } as const;
  const { mac } = site.world.runtime;
  const token = await issueLink(mac, { ...claims, person: 'ana.silva', expires });
  const { post } = await site.world.read(`/approve/${token}`);
  const answer = await post({ verdict: 'approve', reason: '' });
  expect(answer.status).toBe(409);
  expect(await answer.text()).toContain('You get a new request');
  expect(await load(2)).toMatchObject({ status: 'expired', askedAnew: { by: 'upgrade' } });
  await site.world.pass(2);
  const again = await store().records.action(INCIDENT_ID, `${id(2)}r1`);
  expect(again.approval?.decision).toBeNull();
  expect(await readRuling(site.world.runtime.keys.rulings, again)).not.toBeNull();
});

describe.each(versions)('items that %s stored', (version) => {
  beforeEach(async () => {
    incidentId = INCIDENTS[version] ?? '';
    await putAll(itemsOf(version));
  });

  test('reads every kind of item', async () => {
    const { records, leases, limiter, breaker, killSwitch, findings, entityHistory, drills } =
      store();
    const { found, unreadable } = await records.readActions(incidentId);
    expect([found.length, unreadable]).toEqual([5, []]);
    for (const { actionId, history } of found) expect(chainFault(actionId, history)).toBeNull();
    expect((await records.incident(incidentId)).alerts).toHaveLength(1);
    expect((await records.alert(incidentId, ALERT_ID)).findingId).toBe('f-1');
    expect((await records.findAssessment(incidentId, ALERT_ID))?.origin).toBe('playbook');
    expect(await leases.find('waf:block:203.0.113.1/32')).toMatchObject({ holders: [id(1)] });
    const [wanted] = found.map(({ actionId, incidentId, name, target }) => ({
      ...{ actionId, incidentId, name: name ?? '', target: target! },
      isSevere: false,
    }));
    const bounds = POLICY.limits;
    expect((await limiter.reserve(POLICY.account, wanted!, bounds, () => NOW)).granted).toBe(true);
    expect((await breaker.find(POLICY.account))?.counted).toHaveLength(1);
    expect((await killSwitch.read(POLICY.account)).mode).toBe('run');
    expect(await findings.find('an identity')).toMatchObject({ alertId: ALERT_ID });
    expect(await findings.incidentOf('actor:203.0.113.1', NOW)).toBe(incidentId);
    expect(await entityHistory.read({ kind: 'ip', value: '203.0.113.1' })).toHaveLength(1);
    expect((await drills.all()).get('waf.block-address')?.outcome).toBe('passed');
    expect(await drills.unfinished()).toHaveLength(1);
  });

  test('P4: undoes stored actions on time, and leaves kept ones in force', async () => {
    await site.world.pass(75);
    const statuses = await Promise.all([1, 2, 3, 4, 5].map(async (n) => (await load(n)).status));
    expect(statuses).toEqual(['reversed', 'expired', 'kept', 'reversal-failed', 'reversed']);
    expect(await store().leases.find('waf:block:203.0.113.1/32')).toBeNull();
  });

  test.each([1, 3, 4])(
    'P4: shows a stored action for review, and reverses it for a person: action %i',
    async (n) => {
      const path = await reviewPath(n);
      const { page, post } = await site.world.read(path);
      expect(page).toMatch(/Undo now|Try the undo again/);
      expect((await post({ review: 'reverse' })).status).toBe(200);
      expect((await load(n)).status).toBe('reversed');
    },
  );

  test('shows stored actions on the console', async () => {
    const shown = await console_();
    expect(shown).not.toContain('Records that cannot be read');
    for (const n of [1, 3, 4])
      expect(shown).toContain(`Blocked web requests from 203.0.113.${n}/32`);
  });
});

test('shows the reason for a decline that v3 stored', async () => {
  incidentId = INCIDENTS.v2 ?? '';
  const [declined] = itemsOf('v3');
  await putUnsigned([
    ...itemsOf('v2').filter(({ sk }) => sk !== declined?.sk),
    ...(declined ? [declined] : []),
  ]);
  const { digest, actionId, history, approval } = await load(2);
  expect(chainFault(actionId, history)).toBeNull();
  expect(approval?.declineReasons).toMatchObject([{ why: 'expected-work' }]);
  const claims = { purpose: 'approve', incidentId, actionId, digest } as const;
  const expires = site.world.clock.now().getTime() / 1000 + 600;
  const { mac } = site.world.runtime;
  const token = await issueLink(mac, { ...claims, person: 'ana.silva', expires });
  const { page } = await site.world.read(`/approve/${token}`);
  expect(page).toContain('Reason: expected work, “The quarterly scan”.');
});

test('reads the evidence and the record of the analysis that v4 stored', () => {
  const [alert, assessment] = itemsOf('v4').map(({ record }) => record);
  expect(Alert.parse(alert).evidence).toMatchObject([{ kind: 'port-probe', refs: ['ip-1'] }]);
  expect(Assessment.parse(assessment).record?.tokens?.output).toBe(350);
});

test('reads the argument of an analysis as v5 stored it, and loses nothing of it', () => {
  const [assessment] = itemsOf('v5').map(({ record }) => record);
  expect(Assessment.parse(assessment)).toEqual(assessment);
});

test('reads facts about a declared scanner and its name as v6 stored them, and loses nothing', () => {
  const [facts] = itemsOf('v6').map(({ record }) => record);
  expect(Facts.parse(facts)).toEqual(facts);
});

describe('items that v1 stored with fewer fields', () => {
  beforeEach(() => putAll(itemsOf('v1')));

  test('decides at least as strictly as before when an item lacks a field', async () => {
    const { approval } = await load(2);
    expect(approval).toMatchObject({ required: 2, declineEnds: true, moreTimeMinutes: 0 });
    expect((await store().records.alert(INCIDENT_ID, ALERT_ID)).generation).toBeGreaterThan(1);
    expect(
      await store().records.findFacts(INCIDENT_ID, ALERT_ID),
      'as if not read',
    ).toBeUndefined();
  });
});

/** The item with an additional field in each object of a known shape. */
const fromLater = (item: Item): Item => {
  const { record } = item as { record?: Record<string, unknown> };
  if (!record) return { ...item, later: 'unknown here' };
  const more = (value: unknown) => ({ ...(value as object), later: 'unknown here' });
  return {
    ...item,
    record: {
      ...more(record),
      ...(Array.isArray(record.alerts) && { alerts: record.alerts.map(more) }),
      ...(record.approval ? { approval: more(record.approval) } : {}),
      ...(record.before ? { before: more(record.before) } : {}),
    },
  };
};

describe('items that a later version stored, after a rollback', () => {
  beforeEach(() => putAll(itemsOf('v1').map(fromLater)));

  test('P4: undoes, shows and sweeps the items of a later version', async () => {
    expect(await console_()).not.toContain('Records that cannot be read');
    const { post } = await site.world.read(await reviewPath(3));
    await post({ review: 'reverse' });
    await site.world.pass(75);
    const statuses = await Promise.all([1, 3, 5].map(async (n) => (await load(n)).status));
    expect(statuses).toEqual(['reversed', 'reversed', 'reversed']);
  });

  test('keeps the fields that this version does not know', async () => {
    await site.world.pass(75);
    expect(await load(1)).toMatchObject({
      later: 'unknown here',
      approval: { later: 'unknown here' },
    });
    const [incident] = await site.world.incidents();
    expect(incident).toMatchObject({ later: 'unknown here', alerts: [{ later: 'unknown here' }] });
  });

  test('P10: does not carry out an action with unknown fields, because they may be conditions', async () => {
    await store().records.changeAction(INCIDENT_ID, id(2), (current) => ({
      ...current,
      status: 'approved',
      version: current.version + 1,
      approval: {
        ...current.approval!,
        decision: { verdict: 'approved', by: 'ana.silva', at: NOW.toISOString(), reason: '' },
      },
    }));
    const run = site.world.runtime.functions['execute-waf']!;
    await expect(run({ incidentId: INCIDENT_ID, actionId: id(2) })).rejects.toThrow(Unavailable);
    expect(site.world.blocked()).toEqual([]);
  });
});

describe('an unreadable item', () => {
  const damage = (sk: string) =>
    store().table.put({
      pk: `INCIDENT#${INCIDENT_ID}`,
      sk,
      record: { status: 'nonsense' },
      open: 'yes',
      attentionAt: NOW.toISOString(),
    });
  beforeEach(() => putAll(itemsOf('v1')));

  test('P9: shows the other actions on the console, and names the unreadable one', async () => {
    await damage(`ACTION#${id(1)}`);
    const shown = await console_();
    expect(shown).toContain(`INCIDENT#${INCIDENT_ID} ACTION#${id(1)}`);
    expect(shown).toContain('Blocked web requests from 203.0.113.3/32');
  });

  test('P9: shows the other incidents on the console, and names the unreadable one', async () => {
    await damage('INCIDENT');
    const shown = await console_();
    expect(shown).toContain(`INCIDENT#${INCIDENT_ID} INCIDENT`);
    expect(shown).toContain('Blocked web requests from 203.0.113.3/32');
  });

  test.each(['INCIDENT', `ALERT#${ALERT_ID}`, `ASSESSMENT#${ALERT_ID}`, `ACTION#${id(5)}`])(
    'P4: lets a person reverse another action beside an unreadable item: %s',
    async (sk) => {
      await damage(sk);
      const { page, post } = await site.world.read(await reviewPath(1));
      expect(page).toContain('Undo now');
      expect((await post({ review: 'reverse' })).status).toBe(200);
      expect((await load(1)).status).toBe('reversed');
    },
  );

  test.each(['INCIDENT', `ALERT#${ALERT_ID}`])(
    'P4: notifies people of a failed undo beside an unreadable item: %s',
    async (sk) => {
      await damage(sk);
      const { notify } = site.world.runtime.functions;
      await notify!({ incidentId: INCIDENT_ID, actionId: id(4) });
      expect(site.world.subjectsTo('ana.silva').at(-1)).toMatch(/^NOT UNDONE/);
    },
  );

  test('P9: closes an alert with an unreadable action as failed', async () => {
    await damage(`ACTION#${id(1)}`);
    const { close } = site.world.runtime.functions;
    expect(await close!({ incidentId: INCIDENT_ID, alertId: ALERT_ID })).toMatchObject({
      outcome: 'failed',
    });
  });
});
