// Texts of the console's pages.
import type { Action } from '../../domain/action.ts';
import type { SeverityLabel } from '../../domain/alert.ts';
import { counted, utc } from '../../domain/wording.ts';
import type { Effect, Lane } from './moments.ts';

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
const clock = (at: Date): string => at.toISOString().slice(11, 19);
const minute = (at: Date): string => at.toISOString().slice(11, 16);

export const TIMELINE = {
  heading: 'Timeline',
  title: 'Timeline of this incident. The same events follow as a list.',
  lanes: {
    alerts: 'Alerts',
    decisions: 'Decisions',
    people: 'People',
    effects: 'Effects',
  } satisfies Record<Lane, string>,
  list: 'Timeline as a list',
  events: (count: number) => counted(count, 'event'),
  now: (now: Date) => `Now ${minute(now)}`,
  /** Above a column: the time of day today, otherwise the date and the time. */
  column: (from: Date, to: Date, now: Date): string => {
    if (from.getTime() !== to.getTime() && dayOf(from) === dayOf(to))
      return `${onDay(from, now, minute)}–${minute(to)}`;
    return onDay(from, now, clock);
  },
  row: (from: Date, to: Date, now: Date): string =>
    from.getTime() !== to.getTime() && minute(from) !== minute(to) && dayOf(from) === dayOf(to)
      ? `${onDay(from, now, minute)}–${minute(to)}`
      : onDay(from, now, minute),
  bar: ({ label, state }: Effect): string => `${label}${BAR_STATE[state]}`,
  undoIn: (time: string) => `undo in ${time}`,
  moreEffects: (count: number) => `and ${counted(count, 'more change')}: see the list`,
  /** For readers who can't see the drawing. */
  summary: (moments: number, ahead: number) =>
    `${moments} events, ${ahead === 0 ? 'none of them in the future' : `${ahead} of them in the future`}.`,
} as const;

const BAR_STATE: Readonly<Record<Effect['state'], string>> = {
  asked: ': not applied yet',
  'in-force': '',
  kept: ', kept',
  failed: ', undo failed',
  ended: ', ended',
};

/** Times of another day carry its date. */
function onDay(at: Date, now: Date, write: (at: Date) => string): string {
  if (dayOf(at) === dayOf(now)) return write(at);
  return `${at.toLocaleDateString('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' })} ${minute(at)}`;
}

export const CONSOLE = {
  name: 'Countermand',
  skip: 'Skip to content',
  nav: 'Console',
  incidents: 'Incidents',
  inForce: 'In force',
  status: 'Status',
  notFound: {
    title: 'No such incident',
    text: 'There is no incident with this ID, or its record can’t be read.',
  },
  noPage: { title: 'No such page', text: 'The console has no page at this address.' },
  failed: {
    title: 'The console can’t show this page',
    text: 'Try again in a minute. Approvals and undos work without the console.',
  },
  noRole: {
    title: 'Not allowed',
    text: 'None of your roles in policy allows this. Nothing was changed.',
  },
  unreadableForm: (field: string, expected: string) => ({
    title: 'Not saved',
    text: `${field}: expected ${expected}. Go back to correct it.`,
  }),
  notesFull: {
    title: 'Not saved',
    text: 'This incident has as many notes as it can hold. Write to the ticket instead.',
  },
  signOut: 'Sign out',
  signedOut: {
    title: 'You are signed out',
    text: 'Your identity provider may still keep you signed in. Close the browser on a device that others use.',
  },
  gone: {
    title: 'Nothing to decide',
    text: 'This action is not waiting for your decision, and it is not in force.',
  },
} as const;

export const MODE = {
  live: { title: 'Live', means: 'acts within policy' },
  shadow: { title: 'Shadow', means: 'records decisions, changes nothing' },
  halted: { means: 'applies nothing until someone resumes' },
} as const;

export const SWITCH = {
  run: { title: 'Kill switch: run', means: 'rules decide' },
  ask: { title: 'Kill switch: ask', means: 'a person approves every action' },
  halt: { title: 'Kill switch: halt', means: 'nothing is applied; undos continue' },
  press: 'Halt',
  resume: 'Resume…',
} as const;

export const STRIP = {
  questions: (count: number) => (count === 0 ? 'No open questions' : counted(count, 'question')),
  firstEnds: (time: string) => `the first expires in ${time}`,
  inForce: (count: number) =>
    count === 0 ? 'No effects in force' : `${counted(count, 'effect')} in force`,
  nextUndo: ({
    undoFailed,
    unreadable,
    next,
  }: {
    undoFailed: number;
    unreadable: number;
    next: string | null;
  }) =>
    [
      undoFailed > 0 ? `${counted(undoFailed, 'undo')} failed` : '',
      unreadable > 0 ? `${counted(unreadable, 'record')} unreadable` : '',
      next === null ? '' : `next undo in ${next}`,
    ]
      .filter((text) => text !== '')
      .join(', '),
} as const;

export const INCIDENT = {
  crumbs: 'Incidents',
  opened: (at: string, now: Date) => `Opened ${utc(at, now)}`,
  place: (account: string, region: string) => `Account ${account} · ${region}`,
  owner: (name: string | null) => `Owner: ${name ?? 'no one yet'}`,
  unreadable: (count: number) =>
    `${counted(count, 'part')} of this incident’s record can’t be read. The page shows the rest.`,
  moreSevere: (severity: SeverityLabel) => `Its ${severity} alert:`,
  actions: 'Actions',
  noActions: 'No action was proposed.',
  state: 'State',
  action: 'Action and reason',
  undo: 'Undo',
  decide: 'Decide',
  review: 'Approve or decline',
  change: 'Keep, extend or undo now',
  retry: 'Retry the undo or keep',
  evidence: 'Evidence',
  readAt: (at: string, now: Date) => `read at ${utc(at, now)}`,
  supports: 'Evidence for an attack',
  contradicts: 'Evidence against it',
  unknown: 'Unknown',
  none: 'Nothing on record',
  notDone: 'Recommended but not done',
  toDecide: (time: string) => `${time} to decide`,
  undoIn: (time: string) => `in ${time}`,
  reviewAt: (at: string, now: Date) => `No undo planned. Review ${utc(at, now)}`,
  noUndo: 'Needs no undo',
  untilUndone: 'Remains until someone undoes it',
  done: 'Done',
  times: (count: number) => `${count} times`,
  details: 'Details',
  rules: 'Rules',
  rulesCount: (count: number) => `up to ${count} evaluated per action`,
  rulesPassed: (count: number) => `${count} rules passed`,
  messages: 'Messages',
  messagesCount: (count: number) => `${count} recorded`,
  analysis: (by: string) => `Analysis by ${by}`,
  analysisWarning:
    'Based on the alert, parts of which an attacker may have written. It may be wrong, and it decides nothing.',
  audit: 'Record',
  itself: 'Incident',
  by: (name: string) => `by ${name}`,
  auditCount: (count: number) => `${count} entries`,
  entities: 'Entities',
  onlyLatest: (shown: number, all: number) =>
    `The latest ${shown} of ${all}. The JSON export has all.`,
  notes: 'Notes',
  addNote: 'Add a note',
  saveNote: 'Add note',
  noteBy: (name: string, at: string, now: Date) => `${name}, ${utc(at, now)}`,
  export: 'Export',
  exports: [
    { format: 'report.md', title: 'Markdown', hint: 'for a ticket or a chat' },
    { format: 'report.html', title: 'Page to print', hint: 'in A4 format' },
    { format: 'report.json', title: 'JSON', hint: 'the records with their hashes' },
  ],
} as const;

export const REPORT = {
  summary: 'Summary',
  commands: 'Commands',
  analysis: 'Analysis',
  hashes: 'Hashes of the record',
  written: (name: string, at: string) => `Exported by ${name} at ${at}.`,
} as const;

/** What the rules allow for an action. */
export const ALLOWED: Readonly<
  Record<Action['disposition'], { icon: 'done' | 'wait' | 'none' | 'hand'; word: string }>
> = {
  auto: { icon: 'done', word: 'May run without a person' },
  approve: { icon: 'wait', word: 'Needs approval' },
  observe: { icon: 'none', word: 'Recorded only' },
  'hand-off': { icon: 'hand', word: 'Handed off to a person' },
  dropped: { icon: 'none', word: 'Not pursued' },
};

/** The state of an action as a word and an icon. */
export const STATES: Readonly<
  Record<
    Action['status'],
    {
      icon: 'wait' | 'force' | 'undone' | 'kept' | 'hand' | 'none' | 'done' | 'fail' | 'step';
      word: string;
    }
  >
> = {
  proposed: { icon: 'step', word: 'In progress' },
  'awaiting-approval': { icon: 'wait', word: 'Waiting' },
  approved: { icon: 'step', word: 'Approved' },
  declined: { icon: 'none', word: 'Declined' },
  expired: { icon: 'none', word: 'Expired' },
  executing: { icon: 'step', word: 'In progress' },
  'in-force': { icon: 'force', word: 'In force' },
  kept: { icon: 'kept', word: 'Kept' },
  reversing: { icon: 'undone', word: 'Being undone' },
  reversed: { icon: 'undone', word: 'Undone' },
  'reversal-failed': { icon: 'fail', word: 'Undo failed' },
  observed: { icon: 'none', word: 'Shadow only' },
  'handed-off': { icon: 'hand', word: 'Handed off' },
  dropped: { icon: 'none', word: 'Not pursued' },
  failed: { icon: 'fail', word: 'Failed' },
};
