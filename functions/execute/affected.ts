// What the records know of a target, as lines for the person who decides.
import type { Facts } from '../domain/facts.ts';
import { span } from '../domain/wording.ts';
import type { Subject } from './mechanism.ts';

/** Silence means that it was looked up and there was nothing. `noun`: `address`, `user`, ... */
export function earlierIncidents(
  { target }: Pick<Subject, 'target'>,
  facts: Facts | null,
  noun: string,
): string[] {
  const earlier = facts?.entities.find(({ ref }) => ref === target.ref)?.history.earlierIncidents;
  if (!earlier) return [`Whether earlier incidents named this ${noun} is unknown`];
  if (!earlier.known)
    return [`Whether earlier incidents named this ${noun} is unknown: ${earlier.why}`];
  const { length } = earlier.value;
  return length > 0 ? [`Earlier incidents with this ${noun}: ${length}`] : [];
}

/** How it ends, after what is taken back: `Our policy, and nothing else, is detached`. */
export const undoneAfter = (what: string, { durationMinutes }: Pick<Subject, 'durationMinutes'>) =>
  `${what}${durationMinutes ? ` after ${span(durationMinutes)} unless somebody keeps it` : ''}`;
