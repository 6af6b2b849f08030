// Shows what would be decided on each event, rule by rule, with the inputs.
import { oneLine } from '../functions/domain/wording.ts';
import type { Accepted } from '../functions/intake/intake.ts';
import type { Runtime } from '../local/runtime.ts';
import { createDryAccount } from './dry-account.ts';
import type { EventFile } from './events.ts';
import { type Explained, explained, textOf } from './explanation.ts';
import type { Out, Outcome } from './output.ts';
import { countsOf } from './replay.ts';

type Result = {
  file: string;
  outcome: Accepted['outcome'];
  /** Why the event was refused; null when it was accepted. */
  reason: string | null;
  type: string | null;
  assessment: { origin: string; verdict: string; summary: string } | null;
  actions: Explained[];
};

async function resultOf({ store }: Runtime, file: string, accepted: Accepted): Promise<Result> {
  const { outcome } = accepted;
  if (outcome === 'refused')
    return { file, outcome, reason: accepted.reason, type: null, assessment: null, actions: [] };
  const { incidentId, alertId, type } = accepted;
  const found = await store.records.findAssessment(incidentId, alertId);
  const actions = (await store.records.actions(incidentId))
    .filter((action) => action.alertId === alertId)
    .map(explained);
  const assessment = found && {
    origin: found.origin,
    verdict: found.verdict,
    summary: found.summary,
  };
  return { file, outcome, reason: null, type, assessment: assessment ?? null, actions };
}

function linesOf({ file, reason, type, assessment, actions }: Result): string {
  const name = oneLine(file);
  if (reason !== null) return `== ${name}: Refused: ${oneLine(reason, 2_000)}\n`;
  const says = assessment
    ? `${assessment.origin} says ${assessment.verdict}: ${oneLine(assessment.summary, 2_000)}`
    : 'There is no assessment.';
  return [`== ${name}: ${oneLine(type ?? '')}\n${says}`, ...actions.map(textOf), ''].join('\n\n');
}

export async function explain(
  events: readonly EventFile[],
  account: string,
  out: Out,
): Promise<Outcome> {
  const results: Result[] = [];
  for (const { name, body } of events) {
    // A new account for each event, so that one decision does not affect the next.
    const runtime = await createDryAccount(account);
    const accepted = await runtime.accept(body);
    await runtime.engine.quiet();
    for (const one of accepted) {
      const result = await resultOf(runtime, name, one);
      results.push(result);
      out.line(linesOf(result));
    }
    await runtime.stop();
  }
  const counts = countsOf(results);
  return { exitCode: counts.refused ? 1 : 0, results, counts };
}
