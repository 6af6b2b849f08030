// How the pages read: reason, severity, unknown facts, times in the local zone.
import { beforeEach, describe, expect, test } from 'vitest';
import { SeverityLabel } from '../../functions/domain/alert.ts';
import { type Facts, known, unknown } from '../../functions/domain/facts.ts';
import { zoneOf } from '../../functions/policy/people.ts';
import type { Store } from '../../functions/store/store.ts';
import { timeFor } from '../../functions/web/texts/times.ts';
import { alertWith, factsWith, NOW, POLICY } from '../fixtures/case.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { ana, createPages, put, waiting } from './approval-pages.ts';

let store: Store;
beforeEach(() => {
  store = storeOn(memoryTable());
});
const page = async (alert = alertWith(), facts: Facts | null = null, policy = POLICY) => {
  const action = await put(store, waiting(), alert);
  if (facts) await store.records.putFacts(action.incidentId, action.alertId, facts);
  const { app, pathOf } = createPages(store, { policy });
  return (await app.request(await pathOf(action))).text();
};
const aboveButtons = (text: string) => text.slice(0, text.indexOf('value="approve"'));

describe('the reason on the decision page', () => {
  test('is a sentence of Countermand, with the type of the finding below it', async () => {
    const alert = alertWith({
      type: 'Recon:EC2/PortProbeUnprotectedPort',
      title: 'Words of the product',
    });
    const first = aboveButtons(await page(alert));
    expect(first).toContain('An address is targeting one of your resources.');
    expect(first).toContain('<small><bdi>Recon:<wbr>EC2/<wbr>PortProbeUnprotectedPort');
    expect(first).not.toContain('Words of the product');
  });

  test('quotes the title of the alert for a type that Countermand does not know', async () => {
    const alert = alertWith({ type: 'Custom:Unknown', title: 'Words of the product' });
    expect(aboveButtons(await page(alert))).toContain('“Words of the product”');
  });

  test('carries the year of a finding from another year', async () => {
    const old = alertWith({ lastSeenAt: '2025-03-01T02:58:00.000Z', count: 3 });
    expect(aboveButtons(await page(old))).toContain('last at 02:58 UTC on 1 Mar 2025.');
  });
});

test.each([
  ['later', true, '<strong>Raised to critical at 03:00 UTC</strong> by “The worse alert”.'],
  ['earlier', false, '<strong>The incident also has a critical alert:</strong> “The worse alert”.'],
])('says of an %s and worse alert what it changed', async (_when, isLater, expected) => {
  const action = await put(store, waiting());
  await store.records.changeIncident(action.incidentId, (incident) => {
    const [own] = incident.alerts;
    const worse = {
      ...own!,
      alertId: 'al-worse',
      title: 'The worse alert',
      severity: 'critical',
    } as const;
    const alerts = isLater ? [own!, worse] : [worse, own!];
    return { ...incident, alerts, version: incident.version + 1 };
  });
  const { app, pathOf } = createPages(store);
  const shown = await (await app.request(await pathOf(action))).text();
  expect(aboveButtons(shown)).toContain(expected);
});

test('shows the evidence of every alert that the open requests are about', async () => {
  const other = alertWith({ alertId: 'al-fedcba9876543210', title: 'The other alert' });
  await put(store, waiting());
  await store.records.putAlert(waiting().incidentId, other, {});
  const second = waiting({ actionId: 'act-0123456789abcdef-2', alertId: other.alertId });
  await store.records.createAction(second);
  const { app, pathOf } = createPages(store);
  const shown = await (await app.request(await pathOf(waiting()))).text();
  const titles = [...shown.matchAll(/<dt>Alert<\/dt><dd><q><bdi>([^<]*)/g)].map(
    ([, title]) => title,
  );
  expect(titles).toEqual([alertWith().title, 'The other alert']);
});

test('each severity has a shape and a word of its own', async () => {
  const badges: unknown[] = [];
  for (const label of SeverityLabel.options) {
    store = storeOn(memoryTable());
    const shown = await page(alertWith({ severity: { score: 5, label } }));
    const [, color, shape, word] =
      /<span class="sev (\w+)"><svg [^>]*>(.*?)<\/svg>(\w+)/.exec(shown) ?? [];
    expect([color, word?.toLowerCase()]).toEqual([label, label]);
    badges.push(shape);
  }
  expect(new Set(badges).size).toBe(SeverityLabel.options.length);
});

describe('unknown facts', () => {
  const facts = factsWith();
  const withUnknown = (names: readonly ('awsServices' | 'ownedBy' | 'range')[]): Facts => ({
    ...facts,
    entities: facts.entities.map((one) => ({
      ...one,
      address: one.address && {
        ...one.address,
        ...Object.fromEntries(names.map((name) => [name, unknown(`AccessDenied for ${name}`)])),
      },
    })),
  });

  test('stand above the buttons, at most two by name, and in full below with the reason', async () => {
    const shown = await page(alertWith(), withUnknown(['range', 'awsServices', 'ownedBy']));
    expect(aboveButtons(shown)).toMatch(/<b>\d unknown:<\/b> [^<;]+; [^<;]+; and \d more\./);
    const list = shown.slice(shown.indexOf('id="unknown"'));
    expect(list).toContain(
      'Whether one of your resources has it<small><bdi>AccessDenied for ownedBy',
    );
  });

  test('are not mentioned when every fact was read', async () => {
    const at = NOW.toISOString();
    const seenOnWeb = known({
      ...{ requests: 0, lastAt: null, example: null },
      ...{ sampled: 0, population: 0, from: at, to: at },
    });
    const entities = facts.entities.map((one) => ({
      ...one,
      address: one.address && { ...one.address, seenOnWeb },
    }));
    expect(await page(alertWith(), { ...facts, entities })).not.toContain('unknown:');
  });

  test('are everything about the target when the facts cannot be read', async () => {
    expect(aboveButtons(await page())).toContain('everything about the target');
  });
});

describe('a time on the pages', () => {
  const ten = '2026-11-24T03:15:00.000Z';
  test.each([
    ['UTC', '03:15 UTC'],
    ['Europe/Berlin', '03:15 UTC (04:15 your time)'],
    ['America/New_York', '03:15 UTC (22:15 on 23 Nov your time)'],
  ])('is in UTC and in the zone of the reader: %s', (zone, text) => {
    expect(timeFor(ten, { now: NOW, zone })).toBe(text);
  });

  test('prefers the zone of the person, then of the hours that ask them, then of the working hours', () => {
    const { escalation, limits } = POLICY;
    const workingHours = { ...limits.pages.workingHours, timeZone: 'America/New_York' };
    const pages = { ...limits.pages, workingHours };
    const asks = (people: typeof escalation.people, ask: (typeof escalation.ladder)[0]['ask']) =>
      zoneOf(
        {
          escalation: { ...escalation, people, ladder: [{ atMinutes: 0, ask }] },
          limits: { ...limits, pages },
        },
        ana.id,
      );
    const { people } = escalation;
    const inTokyo = { ...people, [ana.id]: { ...people[ana.id]!, timeZone: 'Asia/Tokyo' } };
    const hours = { days: ['mon' as const], from: '09:00', to: '17:00' };
    const inBerlin = [{ person: ana.id, timeZone: 'Europe/Berlin', ...hours }];
    expect(asks(inTokyo, inBerlin)).toBe('Asia/Tokyo');
    expect(asks(people, inBerlin)).toBe('Europe/Berlin');
    expect(asks(people, [ana.id])).toBe('America/New_York');
  });

  test('uses the zone of the hours in which policy asks the person', async () => {
    const { escalation } = POLICY;
    const hours = {
      person: ana.id,
      timeZone: 'Europe/Berlin',
      days: ['mon' as const],
      from: '09:00',
      to: '17:00',
    };
    const ladder = [{ atMinutes: 0, ask: [hours] }];
    const policy = { ...POLICY, escalation: { ...escalation, ladder } };
    expect(await page(alertWith(), null, policy)).toContain(
      'If no one decides by 03:15 UTC (04:15 your time), nothing changes.',
    );
  });
});
