// The next step of an incident, in one sentence.
import { openIn, type Summary, stateOf } from '../../../domain/summary.ts';
import { NEXT } from './texts.ts';

const MAX_NAMES = 2;

export const nameIn = ({ people }: Summary, id: string): string =>
  people.find((one) => one.id === id)?.name ?? id;

/** `Ana Silva or Ben Okafor`; empty if no one is asked. */
export function namesOf(summary: Summary, ids: readonly string[], joint: 'or' | 'and'): string {
  const names = ids.map((id) => nameIn(summary, id));
  if (names.length > MAX_NAMES) return `${names[0]} ${joint} ${names.length - 1} others`;
  return names.join(` ${joint} `);
}

export function nextOf(summary: Summary, now: Date): string {
  const { ended, effects } = summary;
  switch (stateOf(summary, now)) {
    case 'undo-failed':
      return NEXT.retry;
    case 'waiting':
      return decides(summary, now);
    case 'in-force':
      return nextUndo(effects, now);
    case 'assessing':
      return NEXT.assessing;
    case 'failed':
      return NEXT.failed;
    case 'handed-off':
      return ended ? NEXT.handedOff(ended.order) : NEXT.handedOffUnnamed;
    case 'not-done':
      return ended?.status === 'declined' && ended.by
        ? NEXT.declined(nameIn(summary, ended.by))
        : NEXT.expired;
    case 'kept': {
      const by = effects[0]?.by;
      return NEXT.kept(by ? nameIn(summary, by) : null);
    }
    case 'undone':
      return ended?.status === 'reversed' ? NEXT.undone(ended.at, now) : NEXT.ended;
    case 'observed':
      return NEXT.observed;
    case 'ticketed':
      return NEXT.ticketed;
    case 'no-action':
      return NEXT.nothing;
  }
}

function decides(summary: Summary, now: Date): string {
  const [first] = openIn(summary, now);
  if (!first) return '';
  const who = namesOf(summary, first.takenBy ? [first.takenBy] : first.asked, 'or');
  return who ? NEXT.decides(who, first.expiresAt, now) : NEXT.decidesSomeone(first.expiresAt, now);
}

function nextUndo(effects: Summary['effects'], now: Date): string {
  const next = effects.find(({ status }) => status !== 'kept' && status !== 'reversal-failed');
  if (next?.status === 'reversing') return NEXT.undoing;
  if (next?.status === 'executing') return NEXT.applying;
  return next?.dueAt ? NEXT.undo(next.dueAt, now) : NEXT.undoByPerson;
}
