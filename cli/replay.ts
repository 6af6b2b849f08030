// Sends events through the whole flow in memory and prints one line for each.
import { oneLine } from '../functions/domain/wording.ts';
import type { Accepted } from '../functions/intake/intake.ts';
import { type Clock, systemClock } from '../local/engine/clock.ts';
import type { Runtime } from '../local/runtime.ts';
import { createDryAccount } from './dry-account.ts';
import type { EventFile } from './events.ts';
import { type GivenFacts, useFacts } from './given-facts.ts';
import type { Out, Outcome } from './output.ts';

type Replayed = {
  file: string;
  outcome: Accepted['outcome'];
  /** Why the event opened nothing; null when it was accepted. */
  reason: string | null;
  type: string | null;
  actions: { action: string; target: string | null; status: string }[];
};

async function resultOf(runtime: Runtime, file: string, accepted: Accepted): Promise<Replayed> {
  const { outcome } = accepted;
  if (accepted.outcome === 'refused' || accepted.outcome === 'not-opened')
    return { file, outcome, reason: whyNot(accepted), type: null, actions: [] };
  const { incidentId, alertId, type } = accepted;
  const actions = (await runtime.store.records.actions(incidentId))
    .filter((action) => action.alertId === alertId)
    .map(({ name, recommendation, target, status }) => ({
      action: name ?? recommendation.action,
      target: target?.kind === 'alert' ? null : (target?.value ?? recommendation.target),
      status,
    }));
  return { file, outcome, reason: null, type, actions };
}

/** The reason in words, for an event that opened nothing. */
export const whyNot = (
  accepted: Extract<Accepted, { outcome: 'refused' | 'not-opened' }>,
): string =>
  accepted.outcome === 'refused' ? accepted.reason : `${accepted.type} | ${accepted.why}`;

function lineOf({ file, outcome, reason, type, actions }: Replayed): string {
  const decided = actions.map(
    ({ action, target, status }) => `${action}${target === null ? '' : `(${target})`}=${status}`,
  );
  const details = reason ?? `${type} | ${decided.join(', ') || 'nothing recommended'}`;
  return `${outcome.padEnd(10)} ${oneLine(file)} | ${oneLine(details, 2_000)}`;
}

/** Time that passes between two events. Otherwise many events would reach the limit of automatic actions. */
const BETWEEN_EVENTS_MS = 60_000;

export async function replay(
  events: readonly EventFile[],
  out: Out,
  given: GivenFacts | null = null,
): Promise<Outcome> {
  let passedMs = 0;
  const clock: Clock = {
    now: () => new Date(Date.now() + passedMs),
    at: (time, callback) => systemClock.at(new Date(time.getTime() - passedMs), callback),
  };
  const runtime = await createDryAccount('local', clock, {
    plannedWork: given?.plannedWork ?? null,
  });
  if (given) useFacts(runtime, given);
  const results: Replayed[] = [];
  for (const { name, body } of events) {
    passedMs += BETWEEN_EVENTS_MS;
    const accepted = await runtime.accept(body);
    await runtime.engine.quiet();
    for (const one of accepted) {
      const result = await resultOf(runtime, name, one);
      results.push(result);
      out.line(lineOf(result));
    }
  }
  await runtime.stop();
  const counts = countsOf(results);
  out.line(
    Object.entries(counts)
      .map(([outcome, count]) => `${count} ${outcome}`)
      .join(', '),
  );
  return { exitCode: counts.refused ? 1 : 0, results, counts };
}

/** How many events had each outcome. */
export function countsOf(results: readonly { outcome: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of results) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
