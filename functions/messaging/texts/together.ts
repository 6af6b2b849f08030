// One message about several requests that were settled at the same time.
import type { Action } from '../../domain/action.ts';
import { closingOf } from '../../domain/closed-finding.ts';
import { oneLine } from '../../domain/wording.ts';
import { headlineOf, orderOf, progressOf } from './action-line.ts';
import type { Text } from './phrases.ts';

export type About = { action: Action; text: Text };

/** The record of each action has the others. An incident may have hundreds of requests. */
const MAX_DETAILED = 20;

/** The text itself for one request. The subject counts all requests; the text has the details of the first ones. */
export function togetherText(first: About, others: readonly About[]): Text {
  if (others.length === 0) return first.text;
  const all = [first, ...others];
  const shown = all.slice(0, MAX_DETAILED);
  const more = all.length - shown.length;
  return {
    subject: oneLine(
      `${outcomeOf(all.map(({ action }) => action))}, including one to ${orderOf(first.action)}`,
      99,
    ),
    paragraphs: [
      firstParagraph(shown),
      ...(more > 0
        ? [`This message has no details of ${more} more requests. Their records have them.`]
        : []),
      ...unique(shown.flatMap(({ text }) => text.paragraphs.slice(1))),
    ],
    facts: [
      ...Map.groupBy(
        shown.flatMap(({ text }) => text.facts),
        ({ label }) => label,
      ),
    ].map(([label, facts]) => ({
      label,
      value: unique(facts.map(({ value }) => value)).join('\n'),
    })),
    steps: shown.flatMap(({ action, text }) =>
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
