// Texts of the list of incidents and of the changes in force.
import { type Summary, type SummaryState, stateOf } from '../../../domain/summary.ts';
import { capitalised, counted, utc, words } from '../../../domain/wording.ts';
import type { Icon } from '../pages/icons.ts';
import type { Field, Time, View } from './query.ts';

export const LIST = {
  title: 'Incidents',
  needs: 'Needs a person',
  needsCount: (questions: number, incidents: number, failed: number): string =>
    [
      questions > 0 ? `${counted(questions, 'question')} in ${counted(incidents, 'incident')}` : '',
      failed > 0 ? `${counted(failed, 'failed undo')}` : '',
    ]
      .filter((text) => text !== '')
      .join(', '),
  needsNone: 'No question is open, and no undo failed.',
  needsUnlisted:
    'This list is not up to date: a question is open, or an undo failed. Refresh the page, or open the message.',
  moreNeeds: (count: number) =>
    `${counted(count, 'more incident')} that ${count === 1 ? 'needs' : 'need'} a person`,
  overdue: (time: string) => `${time} overdue`,
  asked: (names: string) => `${names} asked`,
  taken: (name: string) => `${name} took it`,
  undoFailed: (title: string) => `Undo failed: ${title}`,
  toUndo: (order: string) => `Still in place: ${order}`,
  review: (count: number) => `Review ${counted(count, 'action')}`,
  commands: 'Show the incident',
  views: 'Views',
  search: 'Search incidents',
  searchHint: 'Address, user, key, host or words of the title',
  filters: 'Filters',
  filtersOn: (count: number) => `Filters (${count})`,
  apply: 'Apply',
  clear: 'Clear all',
  remove: ': remove this filter',
  openGroup: 'Open',
  worstFirst: 'worst first',
  closedGroup: 'Closed',
  newestFirst: 'newest first',
  columns: {
    severity: 'Severity',
    incident: 'Incident',
    state: 'State',
    next: 'What happens next',
    updated: 'Updated',
  },
  ago: ' ago',
  range: (from: number, to: number, total: number) =>
    `${from}–${to} of ${counted(total, 'incident')}`,
  pages: 'Pages',
  previous: 'Previous',
  next: 'Next',
  searchedTo: (day: string) =>
    `Searched the incidents that opened since ${day}. Older ones are not in these counts.`,
  searchOlder: 'Search older incidents',
  newest: 'Back to the newest incidents',
  empty: { title: 'No incidents yet', text: 'An incident appears here when an alert arrives.' },
  noMatch: 'No incident matches. Remove a filter or change the search.',
  unreadable: 'Records that can’t be read',
  unreadableHint: 'A person must check the subject of each. Everything else is shown.',
  asOf: (time: string) => `As of ${time} UTC`,
  refresh: 'Refresh',
  changed: 'Something changed since this page was loaded.',
  show: 'Show the changes',
  lost: 'The console is not responding, or your sign-in has expired. This page may be out of date.',
} as const;

/** What each field of the query must be, for a reader who changed the URL. */
export const EXPECTED: Readonly<Record<Field, string>> = {
  view: 'View: expected one of the views above',
  q: 'Search: expected at most 100 characters',
  severity: 'Severity: expected critical, high, medium or low',
  type: 'Type: expected at most 60 characters',
  entity: 'Entity: expected a kind from the list',
  time: 'Time: expected 24h, 7d, 30d or 90d',
  by: 'Approver: expected a person from the list',
  after: 'Page: expected the ID of an incident',
  older: 'Older incidents: expected the position where a search ended',
};
export const IGNORED = 'The list ignores this part of the address:';

export const VIEW_NAMES: Readonly<Record<View, string>> = {
  all: 'All',
  waiting: 'Waiting',
  'in-force': 'In force',
  'undo-failed': 'Undo failed',
  'handed-off': 'Handed off',
  'not-done': 'Recommended, not done',
  closed: 'Closed',
};

export const FILTERS = {
  severity: { label: 'Severity', any: 'Any severity', name: (one: string) => severityName(one) },
  state: { label: 'State', any: 'Any state' },
  type: { label: 'Type', any: 'Any type' },
  entity: { label: 'Entity', any: 'Any entity' },
  by: { label: 'Approver', any: 'Any approver' },
  time: { label: 'Time', any: 'Any time' },
} as const;

const severityName = (one: string): string =>
  one === 'critical' ? 'Critical' : `${capitalised(one)} or above`;

export const TIME_NAMES: Readonly<Record<Time, string>> = {
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
};

const KIND_NAMES: Readonly<Record<string, string>> = {
  ip: 'Address',
  'iam-user': 'IAM user',
  'iam-role': 'IAM role',
  'api-key': 'API key',
  'cognito-user': 'Cognito user',
  'email-message': 'Email message',
  function: 'Lambda function',
};
export const kindName = (kind: string): string => KIND_NAMES[kind] ?? capitalised(words(kind));

/** `UnauthorizedAccess` as `Unauthorized access`. */
export const typeName = (group: string): string =>
  capitalised(
    group
      .replace('CryptoC', 'Cryptoc')
      .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
      .toLowerCase(),
  );

export const STATE_ICONS: Readonly<Record<SummaryState, Icon>> = {
  'undo-failed': 'fail',
  waiting: 'wait',
  'in-force': 'force',
  assessing: 'step',
  failed: 'fail',
  'handed-off': 'hand',
  'not-done': 'none',
  kept: 'kept',
  undone: 'undone',
  observed: 'none',
  ticketed: 'done',
  'no-action': 'done',
};

/** The state in one or two words. */
export function stateName(summary: Summary, questions: number, now: Date): string {
  const inForce = summary.effects.filter(
    ({ status }) => status !== 'kept' && status !== 'executing',
  ).length;
  switch (stateOf(summary, now)) {
    case 'undo-failed':
      return 'Undo failed';
    case 'waiting':
      return counted(questions, 'question');
    case 'in-force':
      return inForce > 0 ? `${inForce} in force` : 'Being applied';
    case 'assessing':
      return 'In progress';
    case 'failed':
      return 'Failed';
    case 'handed-off':
      return 'Handed off';
    case 'not-done':
      return summary.ended?.status === 'declined' ? 'Declined' : 'Not done';
    case 'kept':
      return 'Kept';
    case 'undone':
      return 'Undone';
    case 'observed':
      return 'Shadow only';
    case 'ticketed':
      return 'Ticket only';
    case 'no-action':
      return 'No action needed';
  }
}

export const NEXT = {
  retry: 'A person retries the undo or runs the commands',
  decides: (names: string, at: string, now: Date) => `${names} decides by ${utc(at, now)}`,
  decidesSomeone: (at: string, now: Date) => `Someone decides by ${utc(at, now)}`,
  undo: (at: string, now: Date) => `Undone at ${utc(at, now)} unless kept`,
  undoByPerson: 'Remains until a person undoes it',
  undoing: 'Being undone now',
  applying: 'Being applied; the rate limit may delay it',
  assessing: 'The alert is being assessed',
  failed: 'Processing failed. A person was paged',
  handedOff: (order: string) => `A person has the runbook to ${order}`,
  handedOffUnnamed: 'A person has the runbook',
  declined: (name: string) => `${name} declined`,
  expired: 'No one decided in time',
  kept: (name: string | null) => (name ? `Kept by ${name}` : 'Kept, as policy says'),
  undone: (at: string, now: Date) => `The change was undone at ${utc(at, now)}`,
  ended: 'No change is in place',
  observed: 'Recorded in shadow mode. Nothing was changed',
  ticketed: 'The team was notified',
  nothing: 'No action passed the rules',
} as const;

export const IN_FORCE_PAGE = {
  title: 'Changes in force',
  about: (failed: number, others: number): string =>
    failed > 0
      ? `${counted(failed, 'change')} should be gone. ${counted(others, 'other change')} in place.`
      : `${counted(others, 'change')} in place, as far as the records know.`,
  empty: 'Nothing is in force. A change appears here with the time of its undo.',
  groups: {
    failed: 'Undo failed',
    soon: 'Undone within 2 hours',
    later: 'Later',
    open: 'No end',
  },
  columns: {
    what: 'Change and target',
    undo: 'Undo',
    held: 'Held by',
    by: 'Decided by',
    go: 'Decide',
  },
  noEnd: 'No end',
  review: (at: string, now: Date) => `review ${utc(at, now)}`,
  policy: 'Policy',
  change: 'Keep, extend or undo',
  changeForAll: (count: number) => (count === 2 ? 'Decide for both' : `Decide for all ${count}`),
  retry: 'Retry or keep',
} as const;
