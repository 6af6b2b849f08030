// One message about several requests that were settled at the same time.
import type { Action } from '../../domain/action.ts';
import { closingOf } from '../../domain/closed-finding.ts';
import { oneLine } from '../../domain/wording.ts';
import { headlineOf, orderOf, progressOf } from './action-line.ts';
import type { Text } from './phrases.ts';

export type About = { action: Action; text: Text };

/** The text itself for one request. */
export function togetherText(first: About, others: readonly About[]): Text {
  if (others.length === 0) return first.text;
  const all = [first, ...others];
  return {
    subject: oneLine(
      `${outcomeOf(all.map(({ action }) => action))}, including one to ${orderOf(first.action)}`,
      99,
    ),
    paragraphs: [
      firstParagraph(all),
      ...unique(all.flatMap(({ text }) => text.paragraphs.slice(1))),
    ],
    facts: [
      ...Map.groupBy(
        all.flatMap(({ text }) => text.facts),
        ({ label }) => label,
      ),
    ].map(([label, facts]) => ({
      label,
      value: unique(facts.map(({ value }) => value)).join('\n'),
    })),
    steps: all.flatMap(({ action, text }) =>
      text.steps.map(({ title, lines }) => ({
        title: `${title} (${oneLine(headlineOf(action), 80)})`,
        lines,
      })),
    ),
  };
}

function outcomeOf(actions: readonly Action[]): string {
  const all = (is: (action: Action) => boolean) => actions.every(is);
  const count = actions.length;
  if (all((one) => closingOf(one) !== null)) return `No longer needed: ${count} requests`;
  if (all(({ status }) => status === 'expired')) return `Not approved in time: ${count} requests`;
  if (all(({ status }) => status === 'declined')) return `Declined: ${count} requests`;
  return all((one) => progressOf(one) === 'made')
    ? `Carried out: ${count} actions`
    : `Decided: ${count} requests`;
}

/** The outcome of each request, then the lines that all of them share. */
function firstParagraph(all: readonly About[]): string {
  const lines = all.map(({ text }) => (text.paragraphs[0] ?? '').split('\n'));
  const rests = unique(lines.map((one) => one.slice(1).join('\n')));
  return rests.length > 1
    ? lines.flat().join('\n')
    : [...lines.map(([what = '']) => what), ...rests].join('\n');
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
