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
import { append } from '../../functions/store/hash-chain.ts';
import { minute } from '../web/approval-pages.ts';
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

/** Channels that show neither facts nor commands cannot refer to them. */
const WITHOUT_FACTS = /SMS|Slack outcome/;

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

const stateNamed = (name: string): State => {
  const found = STATES.find(({ title }) => title === name);
  if (!found) throw new Error(`there is no state "${name}"`);
  return found;
};
const shownIn = async (action: Action): Promise<Shown[]> => [
  ...(await pagesOf(action)),
  ...messagesOf(action),
  ...rowsOf(action),
];

describe.each(STATES)('an action in the state: $title', (state) => {
  test.each(CASES)('uses the tense of its state on every surface: $title', async (one) => {
    const action = inState(one, state);
    const shown = await shownIn(action);
    expect(shown.length).toBeGreaterThan(3);
    expect(
      faultsIn(shown, [...FORBIDDEN[state.phase], ...headlineIn(state, action), ...NEVER]),
    ).toEqual([]);
    expect(shown.flatMap(longIn)).toEqual([]);
    const short = shown.filter(({ surface }) => WITHOUT_FACTS.test(surface));
    expect(faultsIn(short, [/\bbelow\b/])).toEqual([]);
  });
});

test.each(CASES)(
  'tells the first of two approvers that one more must agree: $title',
  async (one) => {
    const [page] = await pagesOf(inState(one, stateNamed('awaiting the first of two approvers')));
    expect(page?.text).toContain('one more person must agree');
    expect(page?.text).not.toMatch(/carried out|at once/);
  },
);

/** The time in the description no longer holds in these states. */
const OTHER_END = ['kept', 'extended', 'reversing', 'reversal-failed'];
test.each(CASES)('announces no undo at a time that no longer holds: $title', async (one) => {
  for (const title of OTHER_END)
    for (const { surface, text } of await pagesOf(inState(one, stateNamed(title))))
      expect(text, `${title}, ${surface}`).not.toMatch(/after 1 h, unless/);
});

test.each(CASES)('says that a removed or foreign effect is not in force: $title', async (one) => {
  for (const title of [
    'removed by someone else',
    'kept, then removed by someone else',
    'already in place before',
  ])
    for (const { surface, text } of await shownIn(inState(one, stateNamed(title))))
      expect(text, `${title}, ${surface}`).not.toMatch(
        /\bin force (?:since|until)\b|\bUndo is scheduled\b|\bUndo in \d|^in force$/im,
      );
});

test('asks to undo an action whose effect was removed only in the messages that have a link', () => {
  const [one] = CASES;
  if (!one) throw new Error('expected a case');
  const shown = messagesOf(inState(one, stateNamed('removed by someone else')));
  const asking = shown.filter(({ text }) => text.includes('Undo the action to close its record'));
  const mails = asking.map(({ surface }) => surface).filter((surface) => surface.endsWith('mail'));
  expect(mails).toEqual(['reminder, mail']);
});

test.each(CASES)(
  'does not call an effect undone that another action needs: $title',
  async (one) => {
    const held = inState(one, stateNamed('ended while another action needs the change'));
    for (const { surface, text } of await shownIn(held))
      expect(text, surface).not.toMatch(/^undone\b|works again/im);
  },
);

test.each(CASES)('says that too few approved when one of two did: $title', async (one) => {
  const action = inState(one, stateNamed('expired with one of two approvals'));
  for (const { surface, text } of await shownIn(action))
    expect(text, surface).not.toMatch(/no one decided|no answer/i);
});

test('names the time of the failed undo, not that of the last entry', async () => {
  const [one] = CASES;
  if (!one) throw new Error('expected a case');
  const failed = inState(one, stateNamed('reversal-failed'));
  const told = { at: minute(9), by: 'notify', event: 'told', text: '' };
  const history = append(failed.actionId, failed.history, told);
  const texts = (await shownIn({ ...failed, history })).map(({ text }) => text).join('\n');
  expect(texts).toContain('The undo failed at 03:03 UTC');
  expect(texts).not.toMatch(/failed at 03:09|overdue/);
});

test.each(CASES)('asks no one to undo what has no proof: $title', async (one) => {
  const stopped = inState(one, stateNamed('undo stopped without proof'));
  for (const { surface, text } of await shownIn(stopped))
    expect(text, surface).not.toMatch(/^undo this manually|retry|has the commands/im);
});

test('does not say that nothing was done where the message about a ticket opens it', async () => {
  const tickets = CASES.filter(({ action }) => action.name === 'create_alert_ticket');
  expect(tickets.length).toBeGreaterThan(0);
  const elsewhere = ['expired', 'handed-off', 'failed'];
  const states = STATES.filter(({ status }) => elsewhere.includes(status));
  for (const one of tickets)
    for (const state of states)
      for (const { surface, text } of await shownIn(inState(one, state)))
        expect(text, `${state.title}, ${surface}`).not.toMatch(
          /not done|nothing was (?:done|changed)/i,
        );
});
