// Questions that a model may ask once about an alert, from a closed menu.
import * as z from 'zod/mini';
import type { EntityKind } from './alert.ts';
import { EntityRef } from './reference.ts';

/** What each question looks up, and about which kinds of entity. */
export const QUESTIONS = {
  'activity-7-days': ['access-key', 'iam-user'],
  'related-alerts': ['access-key', 'iam-user', 'iam-role', 'ip', 'instance', 'function', 'bucket'],
} as const satisfies Readonly<Record<string, readonly EntityKind[]>>;

export const Question = z.strictObject({
  ask: z.enum(Object.keys(QUESTIONS) as (keyof typeof QUESTIONS)[]),
  /** An entity of the alert. */
  about: EntityRef,
});
export type Question = z.infer<typeof Question>;

export const MAX_QUESTIONS = 3;

/** The first questions of a list that are on the menu and about an entity of the alert; all others are ignored. */
export function questionsIn(
  given: readonly unknown[],
  entities: readonly { ref: string; kind: EntityKind }[],
): Question[] {
  const valid = given.flatMap((one) => {
    const { data } = Question.safeParse(one);
    const kind = entities.find(({ ref }) => ref === data?.about)?.kind;
    const kinds: readonly EntityKind[] = data ? QUESTIONS[data.ask] : [];
    return data && kind && kinds.includes(kind) ? [data] : [];
  });
  const distinct = new Map(valid.map((one) => [`${one.ask} ${one.about}`, one]));
  return [...distinct.values()].slice(0, MAX_QUESTIONS);
}
