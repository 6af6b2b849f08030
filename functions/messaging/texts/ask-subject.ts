// The subject of a question, which names what is asked.
import type { Action } from '../../domain/action.ts';
import { oneLine, shortened } from '../../domain/wording.ts';
import { headlineOf } from './action-line.ts';

/** One action by its headline. Of two, both are named; of more, the first and the number of the others. */
export function askSubject(all: readonly Action[], isPartial = false): string {
  const [first = '', ...others] = all.map((one) => oneLine(headlineOf(one)));
  const [second = ''] = others;
  if (others.length === 0) return oneLine(`Approve? ${first}`, 99);
  const ask = `Approve ${all.length}${isPartial ? ' or more' : ''} actions? `;
  if (others.length > 1)
    return `${ask}${shortened(first, isPartial ? 52 : 60)}, and ${others.length} more`;
  const room = 99 - ask.length - '; '.length;
  const named = shortened(first, Math.max(room - second.length, Math.floor(room / 2)));
  return `${ask}${named}; ${shortened(second, room - named.length)}`;
}
