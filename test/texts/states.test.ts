// Every text about an action matches the action's state, on every surface.
import { describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { ActionName } from '../../functions/domain/action-catalog.ts';
import { MECHANISMS } from '../../functions/mechanisms/registry.ts';
import {
  doneOf,
  headlineOf,
  isOrder,
  orderOf,
} from '../../functions/messaging/texts/action-line.ts';
import { CASES, inState, type Phase, STATES, type State } from './cases.ts';
import { messagesOf, pagesOf, rowsOf, type Shown } from './surfaces.ts';

/** Participles of the changes that mechanisms describe. */
const DONE =
  'added|attached|blocked|captured|created|deactivated|denied|disabled|isolated|moved|opened|quarantined|required|revoked|sent|turned on';

/** Words that are forbidden before, after and without the change. */
const FORBIDDEN: Readonly<Record<Phase, readonly RegExp[]>> = {
  ahead: [
    new RegExp(`\\b(?:is|are|was|were|has been|have been) (?:now )?(?:${DONE})\\b`, 'i'),
    new RegExp(`(?:^|[.!?:] )(?:${DONE}) `, 'im'),
    /\bin force\b/i,
  ],
  never: [
    new RegExp(`\\b(?:is|are|was|were|has been|have been) (?:now )?(?:${DONE})\\b`, 'i'),
    new RegExp(`(?:^|[.!?:] )(?:${DONE}) `, 'im'),
    /\bin force\b/i,
    /^will /im,
    /\bwill be (?!undone automatically)/i,
    /\bapprove to\b/i,
  ],
  made: [/^will /im, /\bwould affect\b/i, /\bnothing was changed\b/i, /\bapprove to\b/i],
  undone: [
    /^will /im,
    /\bwould affect\b/i,
    /\bapprove to\b/i,
    new RegExp(`\\b(?:is|are) (?:now )?(?:${DONE})\\b`, 'i'),
  ],
};

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** The headline in the tense of another phase, so that a new verb is covered. */
function headlineIn({ phase }: State, action: Action): RegExp[] {
  const isDone = phase === 'made' || phase === 'undone';
  return [new RegExp(escaped(isDone ? `Will ${orderOf(action)}` : doneOf(action)))];
}

/** Words that are forbidden in every state: IDs in place of names, and missing values. */
const NEVER: readonly RegExp[] = [
  /\b(?:undefined|null|NaN)\b|\[object /,
  new RegExp(`\\b(?:${ActionName.options.join('|')})\\b`),
  /\b(?:ana\.silva|ben\.okafor|mei\.tanaka)\b/,
  /\b(?:awaiting-approval|in-force|reversal-failed|handed-off)\b/,
  /\b(?:anew|somebody|nobody|whoever)\b/i,
];

const faultsIn = (shown: readonly Shown[], forbidden: readonly RegExp[]): string[] =>
  shown.flatMap(({ surface, text }) =>
    forbidden.flatMap((pattern) => {
      const found = pattern.exec(text);
      return found ? [`${surface}: ${pattern} in “${lineAt(text, found.index)}”`] : [];
    }),
  );
const lineAt = (text: string, index: number): string =>
  text.slice(text.lastIndexOf('\n', index - 1) + 1).split('\n')[0] ?? '';

test('the cases cover every action of the catalog and every mechanism', () => {
  const names = new Set(CASES.map(({ action }) => action.name));
  expect(ActionName.options.filter((name) => !names.has(name))).toEqual([]);
  const ids = new Set(CASES.map(({ action }) => action.mechanism));
  expect(MECHANISMS.filter(({ id }) => !ids.has(id)).map(({ id }) => id)).toEqual([]);
});

test.each(CASES)('describes its changes as orders that have a past tense: $title', ({ action }) => {
  const { headline = headlineOf(action), changes = [] } = action.description ?? {};
  expect([headline, ...changes].filter((text) => !isOrder(text))).toEqual([]);
});

/** Rule for every text: at most 20 words a sentence. Quotations, labels and commands do not count. */
const MAX_WORDS = 20;
const COMMAND = /\b(?:aws|az|gam) |\$\(|while read/;
const longIn = ({ surface, text }: Shown): string[] =>
  text
    .split('\n')
    .filter((line) => !COMMAND.test(line))
    .flatMap((line) => line.replace(/“[^”]*”/g, 'x').split(/(?<=[.?!]) /))
    .map((sentence) => sentence.replace(/^[A-Z][\w ,]{2,40}: (?=[A-Z])/, ''))
    .filter((sentence) => sentence.split(/\s+/).filter(Boolean).length > MAX_WORDS)
    .map((sentence) => `${surface}: ${sentence}`);

describe.each(STATES)('an action in the state: $title', (state) => {
  test.each(CASES)('uses the tense of its state on every surface: $title', async (one) => {
    const action = inState(one, state);
    const shown = [
      ...(await pagesOf(action)),
      ...(state.onlyPages ? [] : [...messagesOf(action), ...rowsOf(action)]),
    ];
    expect(shown.length).toBeGreaterThan(3);
    expect(
      faultsIn(shown, [...FORBIDDEN[state.phase], ...headlineIn(state, action), ...NEVER]),
    ).toEqual([]);
    expect(shown.flatMap(longIn)).toEqual([]);
  });
});

test.each(CASES)(
  'tells the first of two approvers that one more must agree: $title',
  async (one) => {
    const request = STATES.find(({ title }) => title === 'awaiting the first of two approvers');
    if (!request) throw new Error('expected the state');
    const [page] = await pagesOf(inState(one, request));
    expect(page?.text).toContain('one more person must agree');
    expect(page?.text).not.toMatch(/carried out|at once/);
  },
);

test.each(CASES)(
  'announces no automatic undo of an action that is kept, being undone or not undone: $title',
  async (one) => {
    const without = ['kept', 'reversing', 'reversal-failed'];
    for (const state of STATES.filter(({ status }) => without.includes(status)))
      for (const { surface, text } of await pagesOf(inState(one, state)))
        expect(text, surface).not.toMatch(/after 1 h, unless/);
  },
);

test('does not call a ticket undone when its request expired', async () => {
  const tickets = CASES.filter(({ action }) => action.name === 'create_alert_ticket');
  expect(tickets.length).toBeGreaterThan(0);
  const expired = STATES.filter(({ status }) => status === 'expired');
  for (const one of tickets)
    for (const state of expired)
      for (const { surface, text } of await pagesOf(inState(one, state)))
        expect(text, `${state.title}, ${surface}`).not.toMatch(/nothing was (?:done|changed)/i);
});
