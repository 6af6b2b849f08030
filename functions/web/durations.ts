// The times that an approver may choose for an action: policy's and shorter.
import * as z from 'zod/mini';
import { type Action, ActionId } from '../domain/action.ts';
import { agreedMinutes, approvalsIn } from '../domain/approval.ts';
import type { Policy } from '../policy/policy.ts';
import { reviewAfterDays } from '../policy/schemas/actions.ts';
import { listField } from './list-field.ts';

const SHORTER_MINUTES = [5, 15, 30, 60, 4 * 60, 12 * 60, 24 * 60];

type Timed = Pick<Action, 'name' | 'durationMinutes' | 'approval'>;

/** The longest time that this vote may agree to; null for an action that no schedule undoes. */
export function longestFor(action: Timed, { actions }: Pick<Policy, 'actions'>): number | null {
  const { name, durationMinutes, approval } = action;
  const isUndoneByAPerson = name !== null && reviewAfterDays(actions[name]) !== null;
  return isUndoneByAPerson ? null : agreedMinutes(durationMinutes, approvalsIn(approval));
}

/** The choices in minutes, the longest first; empty for an action that no schedule undoes. */
export function durationsFor(action: Timed, policy: Pick<Policy, 'actions'>): number[] {
  const longest = longestFor(action, policy);
  if (longest === null) return [];
  return [...SHORTER_MINUTES.filter((minutes) => minutes < longest), longest].reverse();
}

/** A choice as the page sends it: `act-0123456789abcdef-1 60`. */
const Choice = z.pipe(
  z.pipe(
    z.string().check(z.regex(/^\S+ [1-9]\d{0,4}$/)),
    z.transform((text) => text.split(' ')),
  ),
  z.tuple([ActionId, z.pipe(z.string(), z.transform(Number))]),
);

/** Forms of earlier pages have no choice: their votes agree to the full time. */
export const Durations = listField(Choice);
export type Durations = z.infer<typeof Durations>;

export const durationChoice = ({ actionId }: Pick<Action, 'actionId'>, minutes: number): string =>
  `${actionId} ${minutes}`;

/** The time that the form names for the action; undefined if it names none. */
export const chosenFor = (durations: Durations, actionId: string): number | undefined =>
  durations.find(([id]) => id === actionId)?.[1];
