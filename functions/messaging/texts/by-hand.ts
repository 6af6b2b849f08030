// What is said of an action that a person does, or decides not to.

import type { Action } from '../../domain/action.ts';
import type { Alert } from '../../domain/alert.ts';
import type { Approver } from '../../domain/approval.ts';
import type { Facts } from '../../domain/facts.ts';
import { quoted, words } from '../../domain/wording.ts';
import { runbookOf } from '../runbook.ts';
import { incidentFact, sentence, steps, subjectOf, type Text, whyFact } from './phrases.ts';

/** A person does it, or decides not to: what to check, what would be typed, how it is taken back, who is told. */
export function handOffText(
  action: Action,
  alert: Alert | undefined,
  facts: Facts | null,
  managers: readonly Approver[],
): Text {
  const { target, recommendation } = action;
  const { tell } = bookOf(action, alert, facts);
  const named = target
    ? `${words(target.kind)} ${quoted(target.value)}, the ${PARTS[target.part]} of the alert`
    : `${quoted(recommendation.target, 64)}, which is nothing in the alert`;
  return {
    subject: subjectOf('Yours to decide:', action),
    paragraphs: [
      `Countermand does not do this by itself. ${action.reasons.map(({ text }) => sentence(text)).join(' ')}`,
      modelsWords(action),
    ],
    facts: [
      { label: 'Target', value: named },
      whyFact(alert),
      ...(alert ? [{ label: 'Alert', value: quoted(alert.title) }] : []),
      beforeFact(action, alert, facts),
      {
        label: 'Tell',
        value:
          [...tell, ...managers.map(({ name }) => `${name}, manager`)].join('\n') ||
          'Nobody is named in policy',
      },
      incidentFact(action),
    ],
    steps: stepsByHand(action, alert, facts),
  };
}

const modelsWords = ({ recommendation }: Action) =>
  `The reasoning, written by a machine and possibly influenced by the attacker: ${quoted(recommendation.reasoning, 1000)}`;

/** What a person types who does it by hand, and how it is taken back. */
export function stepsByHand(
  action: Action,
  alert: Alert | undefined,
  facts: Facts | null,
): Text['steps'] {
  const { look, act, undo } = bookOf(action, alert, facts);
  return [
    ...steps('Look first (bash and the AWS CLI, in a folder of its own)', look),
    ...steps('To do it', act),
    ...steps('To take it back', undo),
  ];
}

/** What to ask before it is done by hand. */
export const beforeFact = (action: Action, alert: Alert | undefined, facts: Facts | null) => ({
  label: 'Before you act',
  value: [ALWAYS_ASKED, ...bookOf(action, alert, facts).check].join('\n'),
});

const bookOf = (action: Action, alert: Alert | undefined, facts: Facts | null) =>
  runbookOf(action, alert ?? NOTHING_KNOWN, facts);

/** Of an alert whose record cannot be read. */
const NOTHING_KNOWN: Pick<Alert, 'traffic' | 'entities'> = {
  traffic: { layer: 'unknown', direction: 'unknown', localPort: null, protocol: null },
  entities: [],
};
const ALWAYS_ASKED = 'Does the alert describe what you see? Who uses the target at this hour?';
const PARTS = { actor: 'actor', target: 'victim', related: 'side' } as const;
