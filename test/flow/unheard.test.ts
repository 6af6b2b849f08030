// A critical alert pages the on-call analyst, even if the model fails.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Analyst } from '../../functions/analyse/brief.ts';
import type { Opinion } from '../../functions/domain/assessment.ts';
import { recommend } from '../fixtures/case.ts';
import { alertAbout, attacker } from './generic-alert.ts';
import { createWorld, sample, type World } from './world.ts';

const saying = (judge: () => Opinion): Analyst => ({
  origin: 'anthropic',
  model: 'a-model',
  judge: async () => judge(),
});
const opinion = (change: Partial<Opinion> = {}): Opinion => ({
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
  [
    'refuses',
    saying(() => {
      throw new Error('the model stopped with refusal');
    }),
  ],
  ['answers with another shape', saying(() => ({}) as Opinion)],
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
