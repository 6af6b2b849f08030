// Writes the message about one or several actions to one person.
import { type Action, lastIndexOf } from '../domain/action.ts';
import { bySeverity } from '../domain/alert.ts';
import type { Approver } from '../domain/approval.ts';
import { asRaised, owesNews } from '../domain/effect-state.ts';
import { openRequestsTo } from '../domain/open-requests.ts';
import { openAlong } from '../domain/settled-together.ts';
import { askedOf, type Notice, questionsTo } from '../messaging/action-notice.ts';
import { questionUrl, requestAgainUrl, retryUndoUrl } from '../messaging/links.ts';
import { type Message, severityPage } from '../messaging/message.ts';
import { LINKS } from '../messaging/texts/labels.ts';
import { togetherText } from '../messaging/texts/together.ts';
import type { NotifyDeps } from './deps.ts';
import type { Report } from './reports.ts';

type Links = Message['links'];

/** The recipients of the notice, and the people who were asked and have not been notified of the decision. */
export const readersOf = ({ action, notice }: Report): Approver[] => [
  ...notice.to,
  ...(isDecisionTold(action) ? [] : askedOf(action)),
];

/** True when people were notified after the decision. */
const isDecisionTold = ({ history }: Action): boolean =>
  lastIndexOf(history, 'told') >
  Math.max(lastIndexOf(history, 'approved'), lastIndexOf(history, 'declined'));

/** `actions`: all actions of the incident. */
export async function messageAbout(
  deps: NotifyDeps,
  [first, ...others]: readonly [Report, ...Report[]],
  person: Approver,
  { ticket, actions }: { ticket: Message['facts']; actions: readonly Action[] },
): Promise<Message> {
  const reports = [first, ...others];
  const pages = reports.filter(({ notice }) => isIn(notice.to, person) && !notice.urgency);
  const { action, notice } = pages[0] ?? first;
  const about = (one: Report) => ({ action: one.action, text: textOf(one.notice) });
  const text = togetherText(about(first), others.map(about));
  const links = await Promise.all(
    reports.map((one) => linksOf(deps, one, person, others.length > 0)),
  );
  const [severity] = reports
    .flatMap((one) => (one.alert ? [asRaised(one.alert, one.action).severity.label] : []))
    .toSorted(bySeverity);
  const urgency = pages.length > 0 ? 'page' : 'inform';
  return {
    key: `${kindOf(action, notice)}-${action.actionId}-${notice.since ?? sinceEntry(action)}-${person.id}`,
    to: { kind: 'person', ...person },
    urgency,
    ...(severity && { severity }),
    ...(pages.some((one) => one.notice.always) && { always: true }),
    // A notification about the raised incident must not page a second time.
    ...(severity &&
      pages.length > 0 &&
      pages.every((one) => one.notice.isRaise) && {
        once: severityPage(action.incidentId, severity),
      }),
    ...(reports.every((one) => one.notice.canWait) && { canWait: true }),
    ...(reports.length === 1 && notice.collectUntil && { collectUntil: notice.collectUntil }),
    ends: endedFor(person, reports, actions, deps.now()),
    ...text,
    facts: [...text.facts, ...ticket],
    links: links.flat(),
    incidentId: action.incidentId,
    actionId: action.actionId,
  };
}

const isIn = (people: readonly Approver[], { id }: Approver): boolean =>
  people.some((one) => one.id === id);

const textOf = ({ subject, paragraphs, facts, steps }: Notice) => ({
  ...{ subject, paragraphs, facts, steps },
});

export const reportedIn = (reports: readonly Report[]): Action[] =>
  reports.map(({ action }) => action);

/**
 * The person's questions that the message resolves. None while another request that their page may have asked about is
 * open, including one of another alert. The last request to be settled resolves them all.
 */
function endedFor(
  person: Approver,
  reports: readonly Report[],
  actions: readonly Action[],
  now: Date,
): string[] {
  const asked = openAlong(reportedIn(reports), actions);
  const mayEnd = openRequestsTo(person.id, asked, [], now).length === 0;
  const ended = asked.filter(({ status }) => status !== 'awaiting-approval');
  return mayEnd ? ended.flatMap((one) => questionsTo(one, person)) : [];
}

async function linksOf(
  deps: NotifyDeps,
  { action, notice }: Report,
  person: Approver,
  isOneOfSeveral: boolean,
): Promise<Links> {
  // Only news reaches people while they are being asked.
  const isAsked = owesNews(action) && isIn(notice.to, person);
  const question = isAsked ? await questionUrl(deps, action, person) : null;
  const again = await requestAgainUrl(deps, action, person, deps.now());
  const retry = await retryUndoUrl(deps, action, person, deps.now());
  const requestAgain = isOneOfSeveral ? LINKS.requestAgainFor(action) : LINKS.requestAgain;
  return [
    ...(question ? [{ label: LINKS.decideOn(action), url: question }] : []),
    ...(again ? [{ label: requestAgain, url: again }] : []),
    ...(retry ? [{ label: LINKS.retryUndo, url: retry }] : []),
  ];
}

/**
 * Part of the message key. An acknowledged page with the same key does not page again; an action that should be undone
 * by now has its own kind, so that it does.
 */
const kindOf = ({ status }: Action, { urgency, always }: Notice): string => {
  if (urgency) return 'decided';
  return always ? `not-undone-${status}` : status;
};

/** Index of the history entry that set the status, so that a repeated message has the same key. */
const sinceEntry = ({ history, status }: Action) => Math.max(0, lastIndexOf(history, status));
