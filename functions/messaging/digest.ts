// Sends a recipient's digest: the pages over the hourly limit.
import type { Action } from '../domain/action.ts';
import { opensTicketUnanswered } from '../domain/action-catalog.ts';
import { bySeverity } from '../domain/alert.ts';
import { oneLine, timeOfDay } from '../domain/wording.ts';
import type { Mac } from '../links/signed-claims.ts';
import type { Policy } from '../policy/policy.ts';
import { type Held, isDue } from '../store/page-limit.ts';
import type { Store } from '../store/store.ts';
import { askedOf } from './action-notice.ts';
import { collectedRequests } from './collected-requests.ts';
import { type LinkDeps, questionUrl, requestAgainUrl } from './links.ts';
import { type Message, notificationKey, type Recipient, type Send } from './message.ts';
import { progressOf, stateOf } from './texts/action-line.ts';
import { collectedText, digestText, IN_TICKET } from './texts/delivery.ts';
import { LINKS } from './texts/labels.ts';
import { statusLine } from './texts/phrases.ts';

export type DigestDeps = LinkDeps & {
  store: Pick<Store, 'pager' | 'records'>;
  policy: Pick<Policy, 'escalation' | 'limits'>;
  send: Send;
  /** Signs the counts of pages. */
  pageKey: Mac;
  now: () => Date;
};

/** Absent if one of the messages has no severity, which counts as severe. */
function mostSevere(lines: readonly Line[]): Held['severity'] {
  const severities = lines.map(({ held }) => held.severity);
  const known = severities.filter((one) => one !== undefined);
  return known.length < severities.length ? undefined : known.toSorted(bySeverity)[0];
}

/** An unknown severity counts as severe. */
const severestFirst = ({ held: a }: Line, { held: b }: Line): number =>
  bySeverity(a.severity ?? 'critical', b.severity ?? 'critical');

/** One page that was held back, and its current state. */
type Line = {
  held: Held;
  needsAnswer: boolean;
  text: string;
  link: Message['links'][number] | null;
  /** The open requests, for a line about all requests of an incident. */
  requests?: readonly Action[];
};

/** Sends first, then clears the list: after a crash in between, the digest is sent twice. */
export async function sendDigest(deps: DigestDeps, recipient: string) {
  const { store, policy, pageKey, now } = deps;
  const bounds = policy.limits.pages;
  const paging = () => ({ pageKey, bounds, now: now() });
  const pager = await store.pager.find(recipient, paging());
  if (pager.dueAt === null || pager.dueAt > now().toISOString()) return { recipient, told: 0 };
  const to = addressOf(recipient, policy.escalation);
  const due = pager.held.filter((held) => isDue(held, now()));
  const lines = to
    ? (await Promise.all(due.map((held) => lineOf(deps, to, held)))).filter((one) => one !== null)
    : [];
  // A message that waited for working hours never pages.
  const open = lines.filter(({ needsAnswer, held }) => needsAnswer && !held.until);
  const key = `digest-${recipient.replace(':', '-')}-${pager.dueAt}`;
  // Page again if an entry still needs a person and the hourly limit allows it.
  const isPage =
    open.length > 0 &&
    (
      await store.pager.admit(
        recipient,
        { key, always: false, severity: mostSevere(open), text: null },
        paging(),
      )
    ).pages;
  const shown = isPage ? lines : lines.filter(({ held }) => !held.told);
  if (to && (shown.length > 0 || pager.more > 0))
    await deps.send({
      key,
      to,
      urgency: isPage ? 'page' : 'inform',
      ...(isPage && { always: true }),
      ends: [],
      ...textOf(shown, pager.more, bounds),
      links: shown.flatMap(({ needsAnswer, link }) => (needsAnswer && link ? [link] : [])),
      incidentId: 'none',
      actionId: null,
      lists: shown.toSorted(severestFirst).flatMap(listedIn),
    });
  const kept = isPage ? [] : open.map(({ held }) => held.key);
  const sent = { sent: due, kept, more: pager.more };
  await store.pager.digestSent(recipient, sent, paging());
  return { recipient, told: shown.length };
}

function textOf(
  lines: readonly Line[],
  more: number,
  bounds: DigestDeps['policy']['limits']['pages'],
) {
  if (more === 0 && lines.every((one) => one.requests))
    return collectedText(lines, lines.flatMap((one) => one.requests ?? []).length);
  const isMorning = lines.length > 0 && lines.every(({ held }) => held.until && !held.collects);
  return digestText(lines, more, bounds, isMorning);
}

/** The actions that the line asks for or pages about. A message that waited for working hours does neither. */
function listedIn({ held, needsAnswer, requests }: Line): NonNullable<Message['lists']> {
  const { incidentId, actionId } = held;
  if (requests) return requests.map((one) => ({ incidentId, actionId: one.actionId }));
  return needsAnswer && !held.until && actionId ? [{ incidentId, actionId }] : [];
}

/** Null for a person who left policy since: their links no longer work. */
function addressOf(recipient: string, { people }: Policy['escalation']): Recipient | null {
  if (recipient === 'team') return { kind: 'team' };
  const id = recipient.slice('person:'.length);
  const person = people[id];
  return person ? { kind: 'person', id, name: person.name, email: person.email } : null;
}

/** Null if the person has answered all collected requests. */
async function lineOf(deps: DigestDeps, to: Recipient, held: Held): Promise<Line | null> {
  const { incidentId, actionId, subject } = held;
  if (held.collects && to.kind === 'person') return collectedRequests(deps, to, held);
  const action = actionId ? await deps.store.records.findAction(incidentId, actionId) : undefined;
  if (!action) return { held, needsAnswer: true, text: `${subject} (${incidentId})`, link: null };
  const link = to.kind === 'person' ? await linkOf(deps, action, to) : null;
  const status = statusText(action, deps.now());
  // Only its subject says which alert a notification is about.
  if (held.key.startsWith(notificationKey(action.actionId, '')) && progressOf(action) === 'made')
    return { held, needsAnswer: true, text: `${held.subject}; ${IN_TICKET}`, link };
  // The state does not show a removed effect, a key to rotate or a review: repeat the subject.
  if (isAboutStatus(action, held) && !STATUS_SAYS_ENOUGH.includes(action.status))
    return {
      held,
      needsAnswer: true,
      text: `${held.subject} (now: ${stateOf(action, deps.now())})`,
      link,
    };
  return { held, needsAnswer: isOpen(action, deps.now()), text: status, link };
}

/** Whether the page was about the action's current state. */
const isAboutStatus = ({ status, actionId }: Action, { key }: Held): boolean =>
  key.startsWith(`${status}-${actionId}-`);

async function linkOf(
  deps: DigestDeps,
  action: Action,
  person: { id: string },
): Promise<Line['link']> {
  const isAsked = askedOf(action).some(({ id }) => id === person.id);
  if (isAsked && isOpenQuestion(action, deps.now()))
    return { label: LINKS.decideOn(action), url: await questionUrl(deps, action, person) };
  const again = await requestAgainUrl(deps, action, person, deps.now());
  return again ? { label: LINKS.requestAgainFor(action), url: again } : null;
}

const isOpenQuestion = ({ status, approval }: Action, now: Date): boolean =>
  status === 'awaiting-approval' && now.toISOString() < (approval?.expiresAt ?? '');

const STATUS_SAYS_ENOUGH: readonly Action['status'][] = [
  'expired',
  'handed-off',
  'failed',
  'reversal-failed',
  'awaiting-approval',
];

function isOpen(action: Action, now: Date): boolean {
  switch (action.status) {
    case 'awaiting-approval':
      return isOpenQuestion(action, now);
    case 'expired':
      return action.askedAnew === null;
    case 'handed-off':
    case 'failed':
    case 'reversal-failed':
      return true;
    default:
      return false;
  }
}

/** The outcome, or the next step. */
function statusText(action: Action, now: Date): string {
  const line = oneLine(statusLine(action, now), 200);
  switch (action.status) {
    case 'awaiting-approval':
      return isOpenQuestion(action, now)
        ? `${line} until ${timeOfDay(action.approval?.expiresAt)}`
        : line;
    case 'expired':
      return opensTicketUnanswered(action.name)
        ? line
        : `${line}. Nothing was changed; ${IN_TICKET}`;
    case 'handed-off':
    case 'failed':
    case 'reversal-failed':
      return `${line}; ${IN_TICKET}`;
    default:
      return line;
  }
}
