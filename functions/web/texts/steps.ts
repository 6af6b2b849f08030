// What happened to an approved action, step by step, from its record.
import { type Action, lastIndexOf, personIn } from '../../domain/action.ts';
import {
  isBeingUndone,
  isHeldByAnother,
  saysTargetGone,
  wasInPlaceBefore,
} from '../../domain/effect-state.ts';
import type { Facts } from '../../domain/facts.ts';
import { capitalised, withoutErrorName } from '../../domain/wording.ts';
import { sentence } from '../../messaging/texts/action-line.ts';
import { IN_RECORD } from '../../messaging/texts/phrases.ts';
import type { Policy } from '../../policy/policy.ts';
import { longestFor } from '../durations.ts';
import type { Names } from './status.ts';
import { type Reader, timeFor } from './times.ts';

export type Step = {
  state: 'done' | 'busy' | 'todo' | 'failed';
  text: string;
  detail?: string;
  /** When it was done; null where the record has no time for it. */
  at: string | null;
};
type Entry = Action['history'][number];
type Context = Reader & {
  names: Names;
  facts: Facts | null;
  policy: Pick<Policy, 'actions'>;
};

/** Empty for an action that was not approved and made no change. */
export function stepsOf(action: Action, context: Context): Step[] {
  const { approval, before, status } = action;
  const isApproved = approval?.decision?.verdict === 'approved';
  if (!isApproved && before === null && status !== 'executing') return [];
  return [
    ...decided(action, context.names),
    ...checked(action, context.facts),
    ...undoScheduled(action, context),
    ...applied(action),
    ...afterwards(action, context),
  ];
}

const done = (text: string, at: string | null, detail?: string): Step => ({
  ...{ state: 'done', text, at },
  ...(detail && { detail }),
});
const failed = (text: string, at: string | null, detail: string): Step => ({
  ...{ state: 'failed', text, at, detail },
});
const busy = (text: string): Step => ({ state: 'busy', text, at: null });
const todo = (text: string): Step => ({ state: 'todo', text, at: null });

const lastOf = ({ history }: Action, event: string): Entry | undefined =>
  history.findLast((entry) => entry.event === event);
/** Stopped before anything was captured or changed. */
const isStopped = ({ before, failure }: Action): boolean => before === null && failure !== null;

function decided({ approval, createdAt }: Action, names: Names): Step[] {
  if (!approval?.decision) return [done('Allowed by policy', createdAt)];
  const approved = approval.votes.filter(({ verdict }) => verdict === 'approved');
  const voters = approved.length > 0 ? approved : [approval.decision];
  return voters.map(({ by, at }) => done(`Approved by ${names[by] ?? by}`, at));
}

/** The rules are checked on facts that are read after the approval. */
function checked(action: Action, facts: Facts | null): Step[] {
  const { approval, failure, status } = action;
  const decidedAt = approval?.decision?.at;
  if (!decidedAt) return [];
  if (isStopped(action)) {
    const end = lastOf(action, status);
    return [failed('Stopped', end?.at ?? null, sentence(failure ?? IN_RECORD))];
  }
  if (status === 'approved') return [busy('Checking the rules again')];
  const readAt = facts && facts.readAt >= decidedAt ? facts.readAt : null;
  return [done('Rules checked again', readAt)];
}

/** An action that only a person undoes has no schedule. Its before-state is captured like that of any other. */
function undoScheduled(action: Action, context: Context): Step[] {
  if (isStopped(action)) return [];
  const isTimed = longestFor(action, context.policy) !== null;
  const { status, dueAt, extensions } = action;
  const started = lastOf(action, 'executing');
  if (status === 'approved') return [todo(isTimed ? 'Schedule the undo' : 'Capture the state')];
  if (!isTimed) return [done('State captured', started?.at ?? null)];
  const isUnchanged = dueAt !== null && extensions === 0;
  const due = isUnchanged ? timeFor(dueAt, context) : undefined;
  return [done('Undo scheduled', started?.at ?? null, due)];
}

function applied(action: Action): Step[] {
  if (isStopped(action)) return [];
  const { status, failure, appliedAt } = action;
  if (status === 'approved') return [todo('Apply the change'), todo('Verify the change')];
  if (status === 'executing') return [busy('Applying the change'), todo('Verify the change')];
  if (appliedAt === null) return [failed('Not applied', null, sentence(failure ?? IN_RECORD))];
  return wasInPlaceBefore(action)
    ? [done('Already in place before', appliedAt)]
    : [done('Applied', appliedAt), done('Verified in AWS', appliedAt)];
}

/** What people and the reversal did after the change, oldest first. */
function afterwards(action: Action, context: Context): Step[] {
  const from = lastIndexOf(action.history, 'in-force');
  const since = from < 0 ? [] : action.history.slice(from + 1);
  const undoing =
    action.status === 'reversing' || isBeingUndone(action, context.now)
      ? [busy('Undoing the change')]
      : [];
  return [...since.flatMap((entry) => laterStep(entry, action, context.names)), ...undoing];
}

function laterStep(entry: Entry, action: Action, names: Names): Step[] {
  const { event, at, by, text } = entry;
  const person = personIn(by);
  const who = person ? ` by ${names[person] ?? person}` : '';
  switch (event) {
    case 'kept':
      return by === 'policy' ? [] : [done(`Kept${who}`, at)];
    case 'extended':
      return [done(`Extended${who}`, at)];
    case 'undo-ordered':
      return [done(`Undo ordered${who}`, at)];
    case 'reversing':
      return [done('Undo started', at)];
    case 'reversed':
      return [done(endOf(action, text), at)];
    case 'reversal-failed':
      return [
        failed('Undo failed', at, sentence(capitalised(withoutErrorName(text)) || IN_RECORD)),
      ];
    case 'drifted':
      return [failed('Removed by someone else', at, sentence(text || IN_RECORD))];
    case 'there-again':
      return [done('Found again', at)];
    case 'target-gone':
      return [done('Target deleted', at)];
    default:
      return [];
  }
}

function endOf(action: Action, text: string): string {
  if (isHeldByAnother(action)) return 'Ended: another action needs the change';
  if (wasInPlaceBefore(action)) return 'Ended: the change was there before and stays';
  return saysTargetGone(text) ? 'Ended: the target no longer exists' : 'Undo verified in AWS';
}
