// A runtime in memory with an analyst that always recommends the same actions.
import { randomUUID } from 'node:crypto';
import { assumeDrilled } from '../../cli/drill/assumed.ts';
import type { Analyst } from '../../functions/analyse/brief.ts';
import type { Answer } from '../../functions/domain/assessment.ts';
import type { LinkClaims } from '../../functions/links/link.ts';
import { loadPolicy, POLICIES } from '../../functions/policy/load.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { systemClock } from '../../local/engine/clock.ts';
import { createRuntime } from '../../local/runtime.ts';
import type { RuntimeOptions } from '../../local/runtime-options.ts';
import { freshEvent, loadSamples, type Sample } from '../../local/samples.ts';

const recommending = (...actions: (readonly [action: string, target: string])[]): Analyst => ({
  origin: 'playbook',
  model: null,
  judge: async ({ citable = [] }): Promise<Answer> => ({
    verdict: 'malicious',
    summary: 'Measured.',
    supports: [{ text: 'Measured.', evidence: citable.map(({ id }) => id).slice(0, 10) }],
    recommendations: actions.map(([action, target]) => ({
      action,
      target,
      parameters: { durationMinutes: null },
      confidence: 100,
      reasoning: 'Measured.',
      because: citable
        .flatMap(({ id, refs }) => (refs.length === 0 || refs.includes(target) ? id : []))
        .slice(0, 10),
    })),
  }),
});

/** The usual first response to a web attack: watch one address, open one ticket. */
const TWO_TIER_1_ACTIONS = recommending(
  ['add_ip_to_watchlist', 'ip-1'],
  ['create_alert_ticket', 'alert-1'],
);

export async function measuredAccount(onEvent: RuntimeOptions['onEvent'] = () => {}) {
  const policy: Policy = loadPolicy(POLICIES, 'local');
  // The benchmarks measure the flow, not the rate limit.
  const automaticPerMinute = { perAccount: 100, perAction: 100, perIncident: 100 };
  const slotsReservedForSevere = { perAccount: 0, perAction: 0, perIncident: 0, targetsPerHour: 0 };
  const runtime = await createRuntime({
    policy: {
      ...policy,
      limits: {
        ...policy.limits,
        automaticPerMinute,
        slotsReservedForSevere,
        distinctTargetsPerHour: 1000,
      },
    },
    analyst: TWO_TIER_1_ACTIONS,
    clock: systemClock,
    onEvent,
    newId: randomUUID,
    log: () => {},
    webBaseUrl: 'http://127.0.0.1',
    linkKey: Buffer.alloc(32),
    proofKeys: {
      votes: Buffer.alloc(32, 2),
      rulings: Buffer.alloc(32, 3),
      evidence: Buffer.alloc(32, 4),
      alerts: Buffer.alloc(32, 6),
      resumptions: Buffer.alloc(32, 6),
    },
    pageKey: Buffer.alloc(32, 5),
  });
  await assumeDrilled(policy, runtime.store.drills, systemClock.now());
  return runtime;
}

/** Delivers the probe. Returns the claims of a link to review the first action that it caused. */
export async function reviewClaims(
  account: Awaited<ReturnType<typeof measuredAccount>>,
): Promise<LinkClaims> {
  await account.accept(freshEvent(webProbe(), randomUUID, new Date()));
  await account.engine.idle();
  const [incident] = await account.store.records.recentIncidents(1);
  const [action] = await account.store.records.actions(incident?.incidentId ?? '');
  if (!action) throw new Error('the sample caused no action to link to');
  const { incidentId, actionId, digest } = action;
  const expires = Math.floor(Date.now() / 1000) + 3600;
  return { purpose: 'review', incidentId, actionId, digest, person: 'ana.silva', expires };
}

/** Of low severity, so that the playbook asks no one: a benchmark that waits for a person never ends. */
export function webProbe(): Sample {
  const sample = loadSamples().find(({ id }) => id === 'web-port-probe');
  if (!sample) throw new Error('the sample web-port-probe is missing');
  const event = structuredClone(sample.event);
  Object.assign(event.detail ?? {}, { severity: 2 });
  return { ...sample, event };
}
