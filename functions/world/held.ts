// The actions whose changes may be in place, as executors prove them.
import { type EndKeys, isOver, readEnd } from '../authority/end.ts';
import { type Action, isInForce, MAY_HAVE_EFFECT } from '../domain/action.ts';
import { informs } from '../domain/action-catalog.ts';
import { isRemoved } from '../domain/effect-state.ts';
import { minutesAfter } from '../domain/time.ts';
import type { Holding, WorldReader } from '../mechanisms/world.ts';
import type { Store } from '../store/store.ts';
import type { Held } from './compare.ts';

/** AWS shows a change after some seconds at most. */
const SHOWN_AFTER_MINUTES = 1;

export type Actions = { held: readonly Held[]; holdings: readonly Holding[] };

/**
 * A record without evidence explains nothing: it may have been planted to hide a planted entry. The evidence is signed
 * before the change is made, so each change that Countermand makes has some.
 */
export async function readHeld(
  { store, keys, now }: { store: Pick<Store, 'records'>; keys: EndKeys; now: () => Date },
  readers: readonly WorldReader[],
): Promise<Actions> {
  const { found } = await store.records.outstanding();
  const held: Held[] = [];
  const holdings: Holding[] = [];
  for (const action of found) {
    const { target } = action;
    if (!target || !MAY_HAVE_EFFECT.includes(action.status)) continue;
    const holding = { ...action, target };
    const { scope, entries } = entriesOf(readers, holding) ?? unlisted(action);
    if (entries.length === 0) continue;
    const end = await readEnd(keys, action);
    if (!end.evidence) continue;
    holdings.push(holding);
    held.push({
      ...{ incidentId: action.incidentId, actionId: action.actionId, scope, entries },
      shownAt: shownAt(action),
      dueAt: end.dueAt,
      headline: action.description?.headline ?? action.actionId,
      mustBeThere: isSettled(action, now()) && !isOver(end, now()),
      isDrifted: isRemoved(action),
    });
  }
  return { held, holdings };
}

type Entries = Pick<Held, 'scope' | 'entries'>;

function entriesOf(readers: readonly WorldReader[], holding: Holding): Entries | null {
  for (const { scope, entriesOf: entriesIn } of readers) {
    const entries = entriesIn(holding);
    if (entries.length > 0) return { scope, entries };
  }
  return null;
}

/** The change of a scope without a list, such as mail: the hourly check reads it. People close tickets themselves. */
function unlisted({ scope, name, actionId, description, history }: Action): Entries {
  if (scope === null || informs(name)) return { scope: '', entries: [] };
  const found = history.findLast(({ event }) => event === 'drifted')?.text;
  return {
    scope,
    entries: [{ id: `action:${actionId}`, text: found ?? description?.headline ?? actionId }],
  };
}

function shownAt({ appliedAt, history }: Action): string | null {
  const again = history.findLast(({ event }) => event === 'there-again')?.at;
  return again && appliedAt && again > appliedAt ? again : appliedAt;
}

const isSettled = ({ status, appliedAt }: Action, now: Date): boolean =>
  isInForce({ status }) &&
  appliedAt !== null &&
  minutesAfter(appliedAt, SHOWN_AFTER_MINUTES) <= now.toISOString();
