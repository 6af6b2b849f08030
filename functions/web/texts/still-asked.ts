// The people whose answer to an open request is missing.
import type { Action } from '../../domain/action.ts';
import { peopleAsked } from '../../domain/approval.ts';

/** Who may still answer: at most five names. */
export function stillAsked({ approval }: Pick<Action, 'approval'>): string {
  const left = (approval ? peopleAsked(approval) : []).filter(
    ({ id }) => !approval?.votes.some(({ by }) => by === id),
  );
  const names = left.slice(0, 5).map(({ name }) => name);
  return names.length > 0 ? ` Still asked: ${names.join(', ')}.` : '';
}
