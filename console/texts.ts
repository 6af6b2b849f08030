// Every text of the console, in the order of the page.
import type { Action } from '../functions/domain/action.ts';
import { opensTicketUnanswered } from '../functions/domain/action-catalog.ts';
import { joinReason } from '../functions/domain/effect-state.ts';
import type { SwitchMode } from '../functions/domain/kill-switch.ts';
import { words } from '../functions/domain/wording.ts';
import { doneOf, orderOf, progressOf, stateOf } from '../functions/messaging/texts/action-line.ts';
import { LINKS } from '../functions/messaging/texts/labels.ts';
import { isTicketElsewhere, TICKET_ELSEWHERE } from '../functions/messaging/texts/phrases.ts';

const counted = (count: number, one: string, more: string): string =>
  `${count} ${count === 1 ? one : more}`;

export const FRAME = {
  title: 'Countermand console',
  name: 'Countermand',
  about: (account: string, analyst: string) =>
    `Account ${account} on this machine, without access to AWS. Analysis by ${analyst}.`,
  lost: 'Countermand does not answer. This page is out of date. Check whether it was stopped.',
  noScript: 'Without script, this page does not update:',
  refresh: 'refresh',
  notFound: { title: 'Not found', text: 'There is no page at this address.' },
  failed: { title: 'The request failed', text: 'The log has the reason. Try again.' },
} as const;

export const STATUS = {
  heading: 'State',
  questions: (count: number) =>
    count === 0 ? 'No open requests' : counted(count, 'open request', 'open requests'),
  inForce: (count: number) => (count === 0 ? 'Nothing in force' : `${count} in force`),
  mode: 'Mode',
  shadow: ': records decisions and changes nothing',
  judged: 'shadow mode judgements',
  killSwitch: 'Kill switch',
  breaker: 'the breaker tripped',
} as const;

export const SWITCH: Readonly<Record<SwitchMode, { button: string; means: string }>> = {
  run: { button: 'Act within policy', means: 'acts within policy' },
  ask: { button: 'Ask first', means: 'asks before every action' },
  halt: { button: 'Halt', means: 'applies nothing; undoing still works' },
};
export const SWITCHED = 'set in the console';

export const ALERTS = {
  heading: 'Send an alert',
  more: (count: number) => `${count} more`,
  paste: 'Paste your own event',
  pasteHint: 'A GuardDuty or Security Hub finding, a generic alert, or an event from EventBridge',
  send: 'Send',
  rejected: 'The event was rejected.',
  kept: 'It is kept with the reason and can be replayed:',
} as const;

export const EMPTIED = {
  heading: 'Empty the block and watch lists',
  hint: 'Wait a minute after a change was made: until then, Countermand does not report it as missing.',
  by: [
    {
      by: 'person',
      title: 'A person empties the lists',
      story: 'The team is paged about each change that was removed. Nothing is put back.',
    },
    {
      by: 'deployment',
      title: 'A deployment of Countermand empties the lists',
      story: 'The changes are put back at once, and are still undone on time.',
    },
  ],
} as const;

export const INBOX = {
  heading: 'On-call inbox',
  empty: 'No messages yet. Approval requests and reports arrive here.',
  to: (name: string) => `To ${name}`,
  now: 'now',
  outcome: 'See the outcome',
  read: 'Read',
  team: 'the team',
} as const;

export const IN_FORCE = {
  heading: 'In force',
  empty: 'Nothing yet. Changes appear here with the time until their undo.',
  kept: 'Kept until someone undoes it',
  undoIn: 'Undo in ',
  at: (time: string) => `, at ${time} UTC`,
  review: ({ status }: Action) =>
    status === 'in-force' ? LINKS.review : status === 'kept' ? 'Undo' : 'Open',
} as const;

export const RESOURCES = {
  ipSets: 'WAF address sets',
  empty: 'empty',
  watched:
    'Requests from watched addresses pass. In AWS, the metric CountedRequests counts them, and the web ACL’s logs label them',
  madeUp: 'On this machine nothing is counted: approval requests show example requests.',
  identities: 'Users and keys',
  works: (kind: string) => `${kind}, works`,
  cutOff: 'cut off',
  networkAcls: 'Network ACLs',
  isDefault: ' (default)',
  deniesNone: 'blocks no address',
  rule: (number: number, cidr: string, direction: string) => `${number}: deny ${cidr} ${direction}`,
} as const;

export const INCIDENTS = {
  page: 'Timeline and details',
  heading: 'Incidents',
  empty: 'None yet. Send an alert.',
  open: 'open',
  outcome: (outcome: string | null) => words(outcome ?? 'closed'),
  alerts: (count: number) => counted(count, 'alert', 'alerts'),
  repeated: (count: number) => (count === 0 ? '' : ` · repeated ${count}×`),
  step: { done: 'done', now: 'now', ahead: 'not reached', failed: 'failed' },
  verdict: (verdict: string, by: string, summary: string) => `${verdict}, by ${by}: ${summary}`,
  why: 'Reasons and history',
  judged: 'judged',
  notJudged: 'not judged',
  judge: 'right or wrong?',
} as const;

/** `Blocked …` once it was done; before and otherwise the order. */
export function actionRow(action: Action, now?: Date): string {
  if (action.status === 'expired' && opensTicketUnanswered(action.name))
    return 'No one approved in time, so Countermand tries to open the ticket anyway';
  if (isTicketElsewhere(action)) return TICKET_ELSEWHERE;
  const joined = joinReason(action);
  if (joined) return joined;
  switch (progressOf(action, now)) {
    case 'made':
    case 'undone':
      return action.status === 'failed' ? `Could not ${orderOf(action)}` : doneOf(action);
    case 'never':
      return `Nothing was changed. The request was to ${orderOf(action)}`;
    default:
      return action.status === 'awaiting-approval'
        ? `Approve to ${orderOf(action)}`
        : `Will ${orderOf(action)}`;
  }
}
export const statusBadge = stateOf;

export const PROBLEMS = {
  unreadable: 'Records that cannot be read',
  unreadableHint: 'A person must check the subject of each one. Everything else still works.',
  why: 'Reason',
  rejected: 'Rejected events',
  kept: 'kept for replay',
  event: 'The event',
} as const;

export const SHADOW = {
  title: 'Shadow mode · Countermand console',
  heading: 'Was shadow mode right?',
  about: (count: number) =>
    `The recorded actions of the latest ${count} incidents, and how people judged them.`,
  back: 'Back to the console',
  list: 'Judgements',
  empty: 'Nothing recorded yet. In shadow mode, actions that would run are recorded here.',
  tally: (observed: number, right: number, wrong: number) =>
    `${observed} recorded: ${right} right, ${wrong} wrong, ${observed - right - wrong} not judged`,
} as const;

/** Follows “by” in the verdict. The summary of a fallback says that the analysis failed. */
export const ORIGINS = {
  anthropic: 'Claude',
  bedrock: 'Claude on Bedrock',
  playbook: 'the playbook',
  fallback: 'default',
} as const;

export const DEMO = {
  label: 'Demo controls',
  nothing: 'Demo: nothing reaches AWS',
  samples: 'Samples and messages',
  console: 'Console',
  hour: 'Next hour',
  event: 'Next event',
  shadow: 'Shadow mode',
  two: 'Two approvers',
  set: 'Apply',
  reset: 'Reset',
  otherHost: 'This server answers only as 127.0.0.1 or localhost.',
  nothingDue: {
    title: 'Nothing is due',
    text: 'No request, reminder or undo is pending. Send a sample first.',
  },
} as const;
