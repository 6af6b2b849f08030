// Shows what would be decided on each event, rule by rule, with the inputs.
import { oneLine } from '../functions/domain/wording.ts';
import type { Accepted } from '../functions/intake/intake.ts';
import { loadPolicy, POLICIES } from '../functions/policy/load.ts';
import { systemClock } from '../local/engine/clock.ts';
import type { Runtime } from '../local/runtime.ts';
import { createDryAccount } from './dry-account.ts';
import type { EventFile } from './events.ts';
import { type Explained, explained, textOf } from './explanation.ts';
import { type GivenFacts, useFacts } from './given-facts.ts';
import type { Out, Outcome } from './output.ts';
import { countsOf, whyNot } from './replay.ts';

type Result = {
  file: string;
  outcome: Accepted['outcome'];
  /** Why the event opened nothing; null when it was accepted. */
  reason: string | null;
  type: string | null;
  assessment: { origin: string; verdict: string; summary: string } | null;
  actions: Explained[];
};

async function resultOf({ store }: Runtime, file: string, accepted: Accepted): Promise<Result> {
  const { outcome } = accepted;
  if (accepted.outcome === 'refused' || accepted.outcome === 'not-opened') {
    const reason = whyNot(accepted);
    return { file, outcome, reason, type: null, assessment: null, actions: [] };
  }
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

function linesOf({ file, outcome, reason, type, assessment, actions }: Result): string {
  const name = oneLine(file);
  const not = outcome === 'refused' ? 'Refused' : 'Nothing opened';
  if (reason !== null) return `== ${name}: ${not}: ${oneLine(reason, 2_000)}\n`;
  const analysis = assessment
    ? `Verdict (${assessment.origin}): ${assessment.verdict}. ${oneLine(assessment.summary, 2_000)}`
    : 'There is no assessment.';
  return [`== ${name}: ${oneLine(type ?? '')}\n${analysis}`, ...actions.map(textOf), ''].join(
    '\n\n',
  );
}

/** The account ID of AWS's documentation, and of the samples. */
const EXAMPLE_ACCOUNT = '111122223333';

/** Makes an event about the example account one about this account: policy hands off events of other accounts. */
function ownEvents(events: readonly EventFile[], own: string, out: Out): readonly EventFile[] {
  const isForeign = ({ body }: EventFile) =>
    own !== EXAMPLE_ACCOUNT && body.includes(EXAMPLE_ACCOUNT);
  if (events.some(isForeign))
    out.progress(`Events of the example account ${EXAMPLE_ACCOUNT} are read as events of ${own}.`);
  return events.map((event) => ({ ...event, body: event.body.replaceAll(EXAMPLE_ACCOUNT, own) }));
}

export async function explain(
  events: readonly EventFile[],
  account: string,
  out: Out,
  given: GivenFacts | null = null,
): Promise<Outcome> {
  const results: Result[] = [];
  const { account: own } = loadPolicy(POLICIES, account);
  for (const { name, body } of ownEvents(events, own, out)) {
    // A new account for each event, so that one decision does not affect the next.
    const runtime = await createDryAccount(account, systemClock, {
      plannedWork: given?.plannedWork ?? null,
    });
    if (given) useFacts(runtime, given);
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
