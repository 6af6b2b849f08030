// Messages about an action that was carried out: reminders, undo, failures.
import type { Action } from '../../domain/action.ts';
import { utc } from '../../domain/wording.ts';
import { rotationOf } from '../key-rotation.ts';
import { changesFact, doneOf, orderOf, progressOf, STATUS_WORDS, sentence } from './action-line.ts';
import { IN_RECORD, incidentFact, steps, subjectOf, type Text } from './phrases.ts';

export function remindText(action: Action, seenSince: string, now: Date): Text {
  return {
    subject: subjectOf('Undo scheduled:', action),
    paragraphs: [
      `Keep or extend this if you still need it. Undo is scheduled for ${utc(action.dueAt, now)}.\n${seenSince}`,
    ],
    facts: [{ label: 'In force since', value: utc(action.appliedAt, now) }, incidentFact(action)],
    steps: newKeySteps(action),
  };
}

/** The review of an action that a person kept. */
export function keptText(action: Action, seenSince: string): Text {
  return {
    subject: subjectOf('Still needed?', action),
    paragraphs: [
      `Keep this or undo it: in force since ${utc(action.appliedAt)}, and kept by a person.\n${seenSince}`,
    ],
    facts: [incidentFact(action)],
    steps: newKeySteps(action),
  };
}

/** Null where the undo leaves no work: only a returned key must still be rotated. */
export function rotateText(action: Action): Text | null {
  const rotation = newKeySteps(action);
  if (rotation.length === 0) return null;
  return {
    subject: subjectOf('Rotate the key now. Undone:', action),
    paragraphs: [
      `Rotate the key now: it works again, and the attacker may still have it.\n${sentence(action.history.at(-1)?.text || 'Undone')}`,
    ],
    facts: [incidentFact(action)],
    steps: rotation,
  };
}

const newKeySteps = (action: Action): Text['steps'] =>
  steps('Commands for the key’s owner to replace the key', rotationOf(action));

export function failedText(action: Action): Text {
  const after =
    progressOf(action) === 'undone' ? 'Every partial change was undone.' : 'Nothing was changed.';
  return {
    subject: subjectOf('Failed:', action),
    paragraphs: [
      `Could not ${orderOf(action)}: ${sentence(action.failure ?? IN_RECORD)}\n${after}`,
    ],
    facts: [incidentFact(action)],
    steps: [],
  };
}

/** An undo that failed or never ended: the one message that must not be missed. */
export function notUndoneText(action: Action, failure: string | null): Text {
  return {
    subject: subjectOf('NOT UNDONE:', action),
    paragraphs: [
      `Undo this manually: the undo is overdue (state: ${STATUS_WORDS[action.status]}).\n${sentence(failure || action.history.at(-1)?.text || IN_RECORD)}`,
    ],
    facts: [incidentFact(action)],
    steps: manualUndo(action),
  };
}

/** An error after the action was applied. Its undo is not due yet. */
export function inDoubtText(action: Action, failure: string | null): Text {
  return {
    subject: subjectOf('Please check:', action),
    paragraphs: [
      `${doneOf(action)}, but an error followed: ${sentence(failure ?? IN_RECORD)}\nUndo is scheduled for ${utc(action.dueAt)}.`,
    ],
    facts: [incidentFact(action)],
    steps: manualUndo(action),
  };
}

/** AWS no longer shows the change: someone else removed it. */
export function goneText(action: Action, found: string): Text {
  const { status, dueAt } = action;
  const { label, lines } = changesFact(action);
  return {
    subject: subjectOf('Removed by someone else:', action),
    paragraphs: [
      `Someone else removed this change: ${sentence(found)}\nThe record still says ${STATUS_WORDS[status]}${dueAt ? ` until ${utc(dueAt)}` : ''}. Countermand does not apply it again.\nIf you still need the change, make it manually. Undo the action to close its record.`,
    ],
    facts: [{ label, value: lines.map(sentence).join('\n') }, incidentFact(action)],
    steps: [],
  };
}

const manualUndo = ({ description }: Action): Text['steps'] =>
  steps('Undo it manually', description?.manualUndo ?? []);
