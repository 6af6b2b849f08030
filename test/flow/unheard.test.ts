// A critical alert pages the on-call analyst, even if the model fails.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Analyst } from '../../functions/analyse/brief.ts';
import type { Answer } from '../../functions/domain/assessment.ts';
import { NOW, POLICY, recommend } from '../fixtures/case.ts';
import { alertAbout, attacker, type Named } from './generic-alert.ts';
import { createWorld, sample, type World } from './world.ts';

const saying = (judge: () => Answer): Analyst => ({
  origin: 'anthropic',
  model: 'a-model',
  judge: async () => judge(),
});
const opinion = (change: Partial<Answer> = {}): Answer => ({
  verdict: 'benign',
  summary: 'Expected activity.',
  recommendations: [],
  ...change,
});

const ANALYSTS: [string, Analyst][] = [
  [
    'is down',
    saying(() => {
      throw new Error('529 overloaded');
    }),
  ],
  ['answers with another shape', saying(() => ({}) as Answer)],
  ['calls it benign', saying(() => opinion())],
  [
    'recommends everything without confidence',
    saying(() =>
      opinion({
        recommendations: ['key-1', 'user-1', 'ip-1', 'bucket-1', 'alert-1']
          .flatMap((target) =>
            ['revoke_api_key', 'block_ip_at_firewall', 'send_analyst_notification'].flatMap(
              (action) =>
                target === 'bucket-1' ? [] : [recommend({ action, target, confidence: 1 })],
            ),
          )
          .slice(0, 10),
      }),
    ),
  ],
];

const lowProbe = (n: number) =>
  alertAbout(`probe-${n}`, 'Recon:EC2/PortProbeUnprotectedPort', [attacker(`203.0.113.${n}`)], {
    title: `Probe ${n}`,
    severity: 'low',
  });

describe.each(ANALYSTS)('P12: when the model %s', (_, analyst) => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld({ analyst });
  });
  afterEach(() => world.stop());
  const pages = () =>
    world.runtime
      .inbox()
      .filter(({ message: { to, urgency } }) => to.kind === 'person' && urgency === 'page');

  test('thirteen low probes page no one, and the critical attack after them pages the primary at once', async () => {
    for (let n = 1; n <= 13; n++) await world.deliver(lowProbe(n));
    expect(pages()).toEqual([]);
    await world.deliver(sample('attack-sequence'));
    const [first] = pages();
    expect(first?.message).toMatchObject({ to: { id: 'ana.silva' }, severity: 'critical' });
    const names = (await world.actions()).flatMap(({ name, status }) =>
      status === 'awaiting-approval' ? name : [],
    );
    expect(names).toContain('revoke_api_key');
  });
});

describe('P12: when the model calls a critical alert benign', () => {
  const CRITICAL: Record<string, (world: World) => Promise<void>> = {
    'that joins the open incident of a low one': async (world) => {
      await world.deliver(lowProbe(7));
      await world.pass(1);
      await critical(world, [attacker('203.0.113.7')]);
    },
    'that a low finding became': async (world) => {
      await world.deliver(about('x', { severity: 'low' }));
      await world.pass(3);
      const seenAt = new Date(NOW.getTime() + 120_000).toISOString();
      await world.deliver(about('x', { severity: 'critical', seenAt }));
    },
    'after high ones used up the pages of the hour': async (world) => {
      for (let n = 1; n <= 14; n++)
        await world.deliver(
          alertAbout(`h${n}`, 'Custom:Unknown', [attacker(`203.0.113.${n}`)], { severity: 'high' }),
        );
      await critical(world, [attacker('203.0.113.77')]);
    },
    'while the kill switch is set to halt': async (world) => {
      const by = 'person:mei.tanaka';
      const halt = { mode: 'halt', by, why: 'drill', at: NOW.toISOString() } as const;
      await world.runtime.store.killSwitch.halt(POLICY.account, halt);
      await critical(world, [attacker('203.0.113.7')]);
    },
  };
  const about = (id: string, change: object) =>
    alertAbout(id, 'Discovery:Kubernetes/Unusual', [attacker('203.0.113.7')], change);
  const criticalOf = (id: string, entities: Named[]) =>
    alertAbout(id, 'Custom:Unknown', entities, { severity: 'critical' });
  const critical = (world: World, entities: Named[]) => world.deliver(criticalOf('c', entities));

  test('critical alerts of every source and place page someone, each for its own incident', async () => {
    const [asff, ocsf] = [sample('security-hub-asff'), sample('security-hub-ocsf')].map((event) =>
      JSON.stringify(event),
    );
    const world = await createWorld({ analyst: saying(() => opinion()) });
    const elsewhere = criticalOf('elsewhere', [attacker('203.0.113.200')]);
    const accepted = [
      JSON.parse(asff?.replace(/"Severity":\{[^}]*\}/, '"Severity":{"Label":"CRITICAL"}') ?? ''),
      JSON.parse(
        ocsf?.replace('"severity_id":4', '"severity_id":5').replace('"High"', '"Critical"') ?? '',
      ),
      criticalOf('names nothing', []),
      { ...elsewhere, account: '999988887777' },
    ].map((event) => world.deliver(event));
    const incidents = (await Promise.all(accepted))
      .flat()
      .flatMap((one) => ('incidentId' in one ? one.incidentId : []));
    await world.pass(1);
    const paged = world.runtime
      .inbox()
      .map(({ message }) => message)
      .filter(({ to, urgency }) => to.kind === 'person' && urgency === 'page')
      .flatMap(({ severity, incidentId }) => (severity === 'critical' ? incidentId : []));
    await world.stop();
    expect(new Set(incidents).size).toBe(4);
    expect(new Set(paged)).toEqual(new Set(incidents));
  });

  test.each(Object.entries(CRITICAL))('a critical alert %s pages someone', async (_what, run) => {
    const world = await createWorld({ analyst: saying(() => opinion()) });
    await run(world);
    await world.pass(1);
    const pages = world.runtime
      .inbox()
      .map(({ message }) => message)
      .filter(({ to, urgency }) => to.kind === 'person' && urgency === 'page')
      .filter(({ severity }) => severity === 'critical');
    await world.stop();
    expect(pages).not.toEqual([]);
  });
});
