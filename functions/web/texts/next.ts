// What the reader can do after an answer, and who was asked.
import type { Action } from '../../domain/action.ts';
import { changesOf } from '../../domain/action-catalog.ts';
import type { ApprovalRequest, Approver } from '../../domain/approval.ts';
import { closingOf } from '../../domain/closed-finding.ts';
import {
  isBeingUndone,
  isRemoved,
  isTargetGone,
  isUnproven,
  wasInPlaceBefore,
  workAfterUndo,
} from '../../domain/effect-state.ts';
import { counted } from '../../domain/wording.ts';
import { isPastDeadline } from '../../messaging/texts/action-line.ts';
import type { Names } from './status.ts';
import { type Reader, timeFor } from './times.ts';

export const AFTER = {
  asked: 'Who was asked',
  siblings: 'Also in this incident',
  stateNow: 'Current state',
  nothingThere: 'No change from this request is in place.',
  more: (count: number) =>
    `${counted(count, 'more action is', 'more actions are')} not shown here.`,
  next: 'What to do next',
  updates: (seconds: number) => `This page updates every ${seconds} seconds.`,
  stop: 'Stop updating',
  undoForm: 'Undo the change',
} as const;

/** In sentences; empty if nothing is left to do. */
export function nextFor(action: Action, reader: Reader): string[] {
  const { status, dueAt, name } = action;
  const isThere = !wasInPlaceBefore(action) && !isRemoved(action) && !isTargetGone(action);
  const rotates = name !== null && changesOf(name)?.afterUndo === 'rotate-key';
  switch (status) {
    case 'in-force':
      if (!isThere || !dueAt || isBeingUndone(action, reader.now)) return [];
      return [
        ...(rotates
          ? [`Have the key replaced by ${timeFor(dueAt, reader)}: the undo enables it again.`]
          : []),
        'Before the undo, a message with a link asks whether to keep or extend the change.',
      ];
    case 'kept':
      return isThere && rotates ? ['Have the key replaced. Its owner needs a new one.'] : [];
    case 'awaiting-approval':
      return isPastDeadline(action, reader.now) ? requestAgain(action) : [];
    case 'expired':
      return requestAgain(action);
    case 'handed-off':
      return ['The message about this action has the commands to carry it out manually.'];
    case 'reversal-failed':
      return isUnproven(action)
        ? ['Compare the record with its copies in the archive. Do not undo the change before that.']
        : ['Try the undo again, or run the commands below.'];
    case 'reversed':
      return afterUndo(action);
    default:
      return [];
  }
}

const AFTER_UNDO = {
  'rotate-key':
    'Rotate the key now: it works again, and the attacker may still have it. The message about the undo has the commands.',
  'still-held': 'To remove the change now, undo the other action as well.',
} as const;

function afterUndo(action: Action): string[] {
  const work = workAfterUndo(action);
  return work ? [AFTER_UNDO[work]] : [];
}

function requestAgain(action: Action): string[] {
  const { approval, askedAnew } = action;
  if (closingOf(action)) return [];
  if (askedAnew) return ['This was requested again. The new request has a link of its own.'];
  const managers = (approval?.managers ?? []).map(({ name }) => name).join(' or ');
  return managers
    ? [`${managers} can request this again with the link in the message about the expiry.`]
    : [];
}

export type Asked = { name: string; text: string; at: string | null };

/** Everyone who was asked so far, with what became of it. */
export function askedPeople(action: Action, reader: Reader & { names: Names }): Asked[] {
  const { approval, status } = action;
  if (!approval) return [];
  const rungs = approval.rungs.slice(0, approval.askedRungs);
  const steps = rungs.flatMap(({ at, ask }) => ask.map((one) => ({ one, at })));
  const handed = approval.handedTo.map(({ to, at }) => ({ one: to, at }));
  const found = new Map([...handed, ...steps].map(({ one, at }) => [one.id, { one, at }]));
  const isOpen = status === 'awaiting-approval' && !isPastDeadline(action, reader.now);
  return [...found.values()].map(({ one, at }) => ({
    name: one.name,
    text: answerOf(approval, one, reader) ?? silenceOf(action, one, isOpen),
    at,
  }));
}

/** Why there is no answer: the last thing that is recorded about the person. */
function silenceOf({ history }: Action, { id }: Approver, isOpen: boolean): string {
  const last = history.findLast(({ event, people }) => event in SILENT && people?.includes(id));
  const [open, over] = SILENT[last?.event ?? 'asked'] ?? SILENT.asked;
  return isOpen ? open : over;
}

/** By history entry: while the request is open, and after its end. */
const SILENT: Readonly<Record<string, readonly [open: string, over: string]>> & {
  asked: readonly [string, string];
} = {
  asked: ['has not answered yet', 'did not answer'],
  'not-reached': ['was not reached', 'was not reached'],
  'not-woken': [
    'was not paged (hourly limit reached); the request is in a digest',
    'was not paged (hourly limit reached)',
  ],
  collected: ['gets the request in the next digest', 'got the request in a digest only'],
};

function answerOf(approval: ApprovalRequest, { id }: Approver, reader: Reader): string | null {
  const vote = approval.votes.find(({ by }) => by === id);
  return vote ? `${vote.verdict} this at ${timeFor(vote.at, reader)}` : null;
}
