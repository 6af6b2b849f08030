// Messages about an action that a person carries out, or decides not to.
import type { Action } from '../../domain/action.ts';
import type { Alert, Entity } from '../../domain/alert.ts';
import type { Approver } from '../../domain/approval.ts';
import type { Facts } from '../../domain/facts.ts';
import { placeInWords, UNKNOWN } from '../../domain/place.ts';
import { oneLine, quoted } from '../../domain/wording.ts';
import { runbookOf } from '../runbook.ts';
import { orderOf, sentence } from './action-line.ts';
import { incidentFact, KINDS, roleOf, steps, type Text, whyFact } from './phrases.ts';

/** The hand-off: questions to answer first, exact commands, their undo, and the people to notify. */
export function handOffText(
  action: Action,
  alert: Alert | undefined,
  facts: Facts | null,
  managers: readonly Approver[],
): Text {
  const { target, recommendation } = action;
  const { notify } = templateOf(action, alert, facts);
  const named = target
    ? `${KINDS[target.kind]} ${quoted(target.value)}, ${namedAs(target)}, in ${placeInWords(action)}`
    : `${quoted(recommendation.target, 64)}, which the alert does not name`;
  return {
    subject: oneLine(`You decide whether to ${orderOf(action)}`, 99),
    paragraphs: [
      `Nothing was changed. You decide whether to ${orderOf(action)}.\n${whyHandedOff(action)}`,
      modelsWords(action),
    ],
    facts: [
      { label: 'Target', value: named },
      whyFact(alert),
      beforeFact(action, alert, facts),
      {
        label: 'Notify',
        value:
          [...notify, ...managers.map(({ name }) => `${name}, manager`)].join('\n') ||
          'Policy names no one',
      },
      incidentFact(action),
    ],
    steps: manualSteps(action, alert, facts),
  };
}

/** A tier that allows the action is no reason to hand it off. */
function whyHandedOff({ reasons }: Action): string {
  const others = reasons.filter(({ code }) => code !== 'tier-1' && code !== 'tier-2');
  return (others.length > 0 ? others : reasons).map(({ text }) => sentence(text)).join(' ');
}

const modelsWords = ({ recommendation }: Action) =>
  `Reasoning, written by a machine and possibly influenced by the attacker: ${quoted(recommendation.reasoning, 1000)}`;

/** The commands that carry the action out, and those that undo it. */
export function manualSteps(
  action: Action,
  alert: Alert | undefined,
  facts: Facts | null,
): Text['steps'] {
  const { look, act, undo } = templateOf(action, alert, facts);
  return [
    ...steps(`Check first${signedIn(action, look)}`, look),
    ...steps('Carry it out manually', act),
    ...steps('Undo it manually', undo),
  ];
}

const signedIn = ({ account }: Action, look: readonly string[]): string => {
  if (!look.some((line) => line.includes('aws '))) return '';
  const named = account === UNKNOWN ? 'the account of the target' : `account ${account}`;
  return `, signed in to ${named} (bash and the AWS CLI, in a new folder)`;
};

/** Questions to answer before the commands are run. */
export const beforeFact = (action: Action, alert: Alert | undefined, facts: Facts | null) => ({
  label: 'Before you act',
  value: [ALWAYS_ASKED, ...templateOf(action, alert, facts).check].join('\n'),
});

const templateOf = (action: Action, alert: Alert | undefined, facts: Facts | null) =>
  runbookOf(action, alert ?? NOTHING_KNOWN, facts);

/** An alert whose record cannot be read. */
const NOTHING_KNOWN: Pick<Alert, 'traffic' | 'entities'> = {
  traffic: { layer: 'unknown', direction: 'unknown', localPort: null, protocol: null },
  entities: [],
};
const ALWAYS_ASKED = 'Does the alert match what you see? Who uses the target at this hour?';

const namedAs = (target: Entity): string =>
  target.part === 'related'
    ? `${roleOf(target)} in the alert`
    : `named as the ${roleOf(target)} in the alert`;
