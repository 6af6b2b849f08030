// What is said of an action that was carried out: what comes, and what went wrong.
import type { Action } from '../../domain/action.ts';
import { utc, words } from '../../domain/wording.ts';
import { rotationOf } from '../key-rotation.ts';
import { changesOf, incidentFact, sentence, steps, subjectOf, type Text } from './phrases.ts';

export function remindText(action: Action, seenSince: string): Text {
  return {
    subject: subjectOf('Will be undone:', action),
    paragraphs: [
      `It is undone at ${utc(action.dueAt)} unless somebody keeps or extends it.\n${seenSince}`,
    ],
    facts: [{ label: 'In force since', value: utc(action.appliedAt) }, incidentFact(action)],
    steps: wayToANewKey(action),
  };
}

/** Of what somebody kept: is it still right? */
export function keptText(action: Action, seenSince: string): Text {
  return {
    subject: subjectOf('Still right?', action),
    paragraphs: [
      `It was kept and has been in force since ${utc(action.appliedAt)}. Keep it on, or reverse it.\n${seenSince}`,
    ],
    facts: [incidentFact(action)],
    steps: wayToANewKey(action),
  };
}

/** A revoked key was given back: null for any other action, which needs nobody when it is over. */
export function rotateText(action: Action): Text | null {
  const way = wayToANewKey(action);
  if (way.length === 0) return null;
  return {
    subject: subjectOf('Over, now rotate:', action),
    paragraphs: [
      `It is over: ${sentence(action.history.at(-1)?.text ?? 'undone')} Whoever took the key may still have it.`,
    ],
    facts: [incidentFact(action)],
    steps: way,
  };
}

const wayToANewKey = (action: Action): Text['steps'] =>
  steps('The way to a new key, for its owner', rotationOf(action));

export function failedText(action: Action): Text {
  return {
    subject: subjectOf('Failed:', action),
    paragraphs: [
      `It could not be carried out: ${sentence(action.failure ?? 'the reason is in the record')}\nWhat had been changed was taken back.`,
    ],
    facts: [incidentFact(action)],
    steps: [],
  };
}

/** The reversal failed, or never ended: the one message that must not be missed. */
export function notUndoneText(action: Action, failure: string | null): Text {
  return {
    subject: subjectOf('NOT UNDONE:', action),
    paragraphs: [
      `It should have been undone, and is not (${words(action.status)}): ${sentence(failure ?? action.history.at(-1)?.text ?? 'the reason is in the record')}`,
    ],
    facts: [incidentFact(action)],
    steps: steps('To undo it by hand', action.description?.manualUndo ?? []),
  };
}

/** Its time is not over, and something about its execution failed: a person had better look. */
export function inDoubtText(action: Action, failure: string | null): Text {
  return {
    subject: subjectOf('Please check:', action),
    paragraphs: [
      `It is in force, and is undone at ${utc(action.dueAt)}. On the way there something failed: ${sentence(failure ?? 'the reason is in the record')}`,
    ],
    facts: [incidentFact(action)],
    steps: steps('To undo it by hand', action.description?.manualUndo ?? []),
  };
}

/** AWS does not show what the record says: somebody took it away, and nothing puts it back by itself. */
export function goneText(action: Action, found: string): Text {
  return {
    subject: subjectOf('No longer there:', action),
    paragraphs: [
      `The record says that it is ${words(action.status)}${action.dueAt ? ` until ${utc(action.dueAt)}` : ''}, and AWS does not show it: ${sentence(found)} Somebody else took it away. Nothing puts it back by itself: whoever still needs it does it by hand or has the alert assessed again. Reversing it ends it on the record.`,
    ],
    facts: [{ label: 'It was', value: changesOf(action) }, incidentFact(action)],
    steps: [],
  };
}
