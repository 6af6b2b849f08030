// Answers what the model asks about an alert: once, from the closed menu.
import * as z from 'zod/mini';
import { IncidentId } from '../domain/action.ts';
import type { Alert, Entity } from '../domain/alert.ts';
import { MAX_CITABLE } from '../domain/citable.ts';
import type { EntityFacts } from '../domain/facts.ts';
import { type Question, questionsIn } from '../domain/question.ts';
import { whyElsewhere } from '../domain/target-place.ts';
import { activityLine } from '../dossier/activity-lines.ts';
import { earlierLines } from '../dossier/context-lines.ts';
import { type Answer, answersPart } from '../dossier/parts.ts';
import { activityOf } from './activity.ts';
import type { EnrichDeps } from './deps.ts';
import { incidentsWith } from './earlier.ts';
import { modelRefusal } from './model-call.ts';

/** The brief is what `analyse` got; it gets it back with the answers. Everything else is read again. */
export const QuestionsInput = z.looseObject({
  incidentId: IncidentId,
  alertId: z.string(),
  questions: z.array(z.unknown()),
  brief: z.looseObject({ dossier: z.optional(z.string().check(z.maxLength(20_000))) }),
});

/**
 * Returns the input with the answers in the dossier, and without questions; or with the reason why the model must not
 * be asked once more. Questions that are not on the menu, or not about an entity of the stored alert, get no answer.
 */
export async function answerQuestions(deps: EnrichDeps, input: z.infer<typeof QuestionsInput>) {
  const { questions, brief, ...rest } = input;
  const { incidentId, alertId } = rest;
  const { records } = deps.store;
  const [alert, facts, incident] = await Promise.all([
    records.alert(incidentId, alertId),
    records.findFacts(incidentId, alertId),
    records.incident(incidentId),
  ]);
  const refused = await modelRefusal(deps, alert, incident);
  if (refused) return { ...rest, ...refused, brief, isAnswered: true };
  const answers: Answer[] = [];
  // One after another: CloudTrail limits the requests of the account.
  for (const question of questionsIn(questions, alert.entities))
    answers.push(
      await answerTo(deps, question, { alert, facts: facts?.entities ?? [], incidentId }),
    );
  const { text, citable } = answersPart(answers);
  if (facts)
    await records.putFacts(incidentId, alertId, {
      ...facts,
      // A retry replaces the answers of the first try.
      citable: [
        ...(facts.citable ?? []).filter(({ id }) => !citable.some((one) => one.id === id)),
        ...citable,
      ].slice(0, MAX_CITABLE),
    });
  const dossier = [brief.dossier ?? '', text].filter(Boolean).join('\n');
  return { ...rest, brief: { ...brief, dossier }, isAnswered: true };
}

type About = { alert: Alert; facts: readonly EntityFacts[]; incidentId: string };

async function answerTo(
  deps: EnrichDeps,
  { ask, about }: Question,
  { alert, facts, incidentId }: About,
): Promise<Answer> {
  const entity = alert.entities.find(({ ref }) => ref === about);
  if (!entity) throw new TypeError(`${about} is not an entity of ${alert.alertId}`);
  const elsewhere = entity.kind === 'ip' ? null : whyElsewhere(entity, deps.here);
  if (elsewhere) return `${ask} of ${about}: unknown: ${elsewhere}`;
  return ask === 'activity-7-days'
    ? activityAnswer(deps, entity, { alert, facts })
    : relatedAnswer(deps, entity, incidentId);
}

async function activityAnswer(
  deps: EnrichDeps,
  entity: Entity,
  given: Pick<About, 'alert' | 'facts'>,
): Promise<Answer> {
  const found = await activityOf(deps, entity, { since: given.alert.firstSeenAt, days: 7 });
  if (found.known) return activityLine(entity.ref, found.value, given);
  // The error of an API repeats names.
  const why = /^CloudTrail lists no/.test(found.why) ? found.why : 'it could not be read';
  return `activity-7-days of ${entity.ref}: unknown: ${why}`;
}

async function relatedAnswer(
  deps: EnrichDeps,
  entity: Entity,
  incidentId: string,
): Promise<Answer> {
  const { ref } = entity;
  const earlier = await incidentsWith(deps, entity, incidentId);
  const [first, ...others] = earlierLines(earlier);
  if (!earlier.known) return `related-alerts of ${ref}: unknown: they could not be read`;
  const said = first ? [first, ...others].join('; ') : 'none in 90 days';
  return {
    ...{ text: `records related alerts about ${ref}: ${said}`, source: 'records' },
    ...{ kind: 'context', refs: [ref], isUntrusted: false },
  };
}
