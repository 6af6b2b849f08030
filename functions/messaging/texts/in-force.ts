// Messages about an action that was carried out: reminders, undo, failures.
import type { Action } from '../../domain/action.ts';
import {
  isRemoved,
  isTargetGone,
  isUnproven,
  wasInPlaceBefore,
} from '../../domain/effect-state.ts';
import { capitalised, oneLine, utc, withoutErrorName } from '../../domain/wording.ts';
import { rotationOf } from '../key-rotation.ts';
import { inPlaceOf } from '../runbooks/template.ts';
import { changesFact, orderOf, type Progress, progressOf, sentence } from './action-line.ts';
import {
  alreadyInPlace,
  doneLine,
  doneSubject,
  IN_RECORD,
  incidentFact,
  KINDS,
  NOTHING_TO_UNDO,
  steps,
  type Text,
} from './phrases.ts';

export function remindText(action: Action, seenSince: string, now: Date): Text {
  const other = insteadOfAsking(action);
  if (other) return other;
  return {
    subject: remindSubject(action, now),
    paragraphs: [
      `Keep or extend this if you still need it. Undo is scheduled for ${utc(action.dueAt, now)}.\n${seenSince}`,
    ],
    facts: [{ label: 'In force since', value: utc(action.appliedAt, now) }, incidentFact(action)],
    steps: newKeySteps(action),
  };
}

/** `Blocked web requests from 203.0.113.7; it is undone at 03:15 UTC`. The time is never cut off. */
function remindSubject(action: Action, now: Date): string {
  const end = `; it is undone at ${utc(action.dueAt, now)}`;
  return `${oneLine(doneLine(action), 99 - end.length)}${end}`;
}

/** The review of an action that a person kept. */
export function keptText(action: Action, seenSince: string): Text {
  const other = insteadOfAsking(action);
  if (other) return other;
  return {
    subject: oneLine(`Still needed? ${doneLine(action)}`, 99),
    paragraphs: [
      `Keep this or undo it: in force since ${utc(action.appliedAt)}, and kept by a person.\n${seenSince}`,
    ],
    facts: [incidentFact(action)],
    steps: newKeySteps(action),
  };
}

/** For an effect that is not the action's to keep: someone else made it or removed it. The message has a link. */
function insteadOfAsking(action: Action): Text | null {
  if (isRemoved(action)) {
    const gone = goneText(action);
    return { ...gone, paragraphs: [...gone.paragraphs, 'Undo the action to close its record.'] };
  }
  if (isTargetGone(action))
    return {
      subject: doneSubject(action, 'Target deleted:'),
      paragraphs: [`You have nothing to decide.\n${doneLine(action)}. ${NOTHING_TO_UNDO}`],
      facts: [incidentFact(action)],
      steps: [],
    };
  if (!wasInPlaceBefore(action)) return null;
  return {
    subject: doneSubject(action),
    paragraphs: [`You have nothing to decide.\n${alreadyInPlace(action)}`],
    facts: [incidentFact(action)],
    steps: [],
  };
}

const removalIn = ({ history }: Action): string =>
  history.findLast(({ event }) => event === 'drifted')?.text ?? IN_RECORD;

/** The undo made a revoked key work again. */
export function rotateText(action: Action): Text {
  return {
    subject: keySubject(action),
    paragraphs: [
      `Rotate the key now: it works again, and the attacker may still have it.\n${sentence(action.history.at(-1)?.text || 'Undone')}`,
    ],
    facts: [incidentFact(action)],
    steps: newKeySteps(action),
  };
}

/** `Rotate access key AKIAIOSFODNN7EXAMPLE now: it works again`. */
const keySubject = ({ target }: Action): string =>
  oneLine(
    `Rotate ${target ? `${KINDS[target.kind]} ${target.value}` : 'the key'} now: it works again`,
    99,
  );

/** A person undid one action, but another action needs the same change and could not be undone with it. */
export const stillHeldText = (action: Action): Text => ({
  subject: doneSubject(action, 'Still in place:'),
  paragraphs: [
    'To remove the change now, undo the other action as well. The change stays in place because that action needs it.',
  ],
  facts: [incidentFact(action)],
  steps: [],
});

const newKeySteps = (action: Action): Text['steps'] =>
  steps('Commands for the key’s owner to replace the key', inPlaceOf(action, rotationOf(action)));

const AFTER_FAILURE: Readonly<Record<Progress, string>> = {
  ahead: 'Nothing was changed.',
  never: 'Nothing was changed.',
  made: 'Another action needs the same change, so it stays in place.',
  undone: 'Every partial change was undone.',
};

export function failedText(action: Action): Text {
  return {
    subject: oneLine(`Could not ${orderOf(action)}`, 99),
    paragraphs: [
      `Could not ${orderOf(action)}: ${sentence(action.failure ?? IN_RECORD)}\n${isTargetGone(action) ? NOTHING_TO_UNDO : AFTER_FAILURE[progressOf(action)]}`,
    ],
    facts: [incidentFact(action)],
    steps: [],
  };
}

/** An undo that failed or never ended: the one message that must not be missed. */
export function notUndoneText(action: Action, failure: string | null): Text {
  return {
    subject:
      action.status === 'executing'
        ? oneLine(`NOT UNDONE: Started to ${orderOf(action)}`, 99)
        : doneSubject(action, 'NOT UNDONE:'),
    paragraphs: [
      `${whyManually(action)}\n${sentence(capitalised(withoutErrorName(failure || action.history.at(-1)?.text || IN_RECORD)))}`,
    ],
    facts: [incidentFact(action)],
    steps: manualUndo(action),
  };
}

function whyManually({ status, dueAt, history }: Action): string {
  const since = utc(history.findLast(({ event }) => event === status)?.at);
  switch (status) {
    case 'executing':
      return `Undo this manually if needed: it started at ${since} and did not finish.`;
    case 'reversing':
      return `Undo this manually: the undo started at ${since} and has not finished.`;
    case 'reversal-failed':
      return isUnproven({ history })
        ? `Do not undo this yet: the undo stopped at ${since}. The record has no proof of what to restore, and someone may have changed it. Compare it with its copies in the archive before you run a command.`
        : `Undo this manually: the undo failed at ${since}.`;
    default:
      return `Undo this manually: the undo was due at ${utc(dueAt)}.`;
  }
}

/** An error after the action was applied. Its undo is not due yet. */
export function inDoubtText(action: Action, failure: string | null): Text {
  return {
    subject: doneSubject(action, 'Please check:'),
    paragraphs: [
      `${doneLine(action)}, but an error followed: ${sentence(failure ?? IN_RECORD)}\nUndo is scheduled for ${utc(action.dueAt)}.`,
    ],
    facts: [incidentFact(action)],
    steps: manualUndo(action),
  };
}

/** AWS no longer shows the change: someone else removed it. */
export function goneText(action: Action): Text {
  const { label, lines } = changesFact(action);
  return {
    subject: doneSubject(action, 'Removed by someone else:'),
    paragraphs: [
      `Someone else removed this change: ${sentence(removalIn(action))}\n${plannedEnd(action)} Countermand applies it again only if a deployment removed it.\nIf you still need the change, make it manually.`,
    ],
    facts: [{ label, value: lines.map(sentence).join('\n') }, incidentFact(action)],
    steps: [],
  };
}

const plannedEnd = ({ dueAt }: Action): string =>
  dueAt ? `It was to stay until ${utc(dueAt)}.` : 'It was to stay until someone undoes it.';

export const manualUndo = (action: Action): Text['steps'] =>
  steps('Undo it manually', inPlaceOf(action, action.description?.manualUndo ?? []));
