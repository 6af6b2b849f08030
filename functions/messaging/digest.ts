// The digest of a recipient: one message for all the pages that woke nobody, with what has become of each by now.
import type { Action } from '../domain/action.ts';
import { oneLine, timeOfDay } from '../domain/wording.ts';
import type { Policy } from '../policy/policy.ts';
import type { Held, Pager } from '../store/pager.ts';
import type { Store } from '../store/store.ts';
import { askedOf } from './action-notice.ts';
import { askAnewUrl, type LinkDeps, questionUrl } from './links.ts';
import type { Message, Recipient, Send } from './message.ts';
import { headlineOf, standingLine } from './texts/phrases.ts';

export type DigestDeps = LinkDeps & {
  store: Pick<Store, 'pager' | 'records'>;
  policy: Pick<Policy, 'escalation' | 'limits'>;
  send: Send;
  now: () => Date;
};

/** One page that woke nobody, and where it stands now. */
type Line = {
  held: Held;
  needsSomebody: boolean;
  text: string;
  link: Message['links'][number] | null;
};

/** Sent first, then taken off: a crash between the two sends it again. */
export async function sendDigest(deps: DigestDeps, recipient: string) {
  const { store, policy, now } = deps;
  const pager = await store.pager.find(recipient);
  if (pager.dueAt === null || pager.dueAt > now().toISOString()) return { recipient, told: 0 };
  const to = addressOf(recipient, policy.escalation);
  const lines = to ? await Promise.all(pager.held.map((held) => lineOf(deps, to, held))) : [];
  const open = lines.filter(({ needsSomebody }) => needsSomebody);
  const key = `digest-${recipient.replace(':', '-')}-${pager.dueAt}`;
  const bounds = policy.limits.pages;
  // Whoever may be woken again is, where something still needs somebody.
  const wakes =
    open.length > 0 &&
    (await store.pager.admit(recipient, { key, always: false, text: null }, bounds, now())).pages;
  const shown = wakes ? lines : lines.filter(({ held }) => !held.told);
  if (to && (shown.length > 0 || pager.more > 0))
    await deps.send({
      key,
      to,
      urgency: wakes ? 'page' : 'inform',
      ...(wakes && { always: true }),
      ends: [],
      ...digestText(shown, pager, bounds.perPersonPerHour),
      incidentId: 'none',
      actionId: null,
    });
  const kept = wakes ? [] : open.map(({ held }) => held.key);
  const said = { keys: pager.held.map((held) => held.key), kept, more: pager.more };
  await store.pager.digestSent(recipient, said, bounds, now());
  return { recipient, told: shown.length };
}

/** Null for whoever has left since: what they were asked is on the records, and their links are worth nothing. */
function addressOf(recipient: string, { people }: Policy['escalation']): Recipient | null {
  if (recipient === 'team') return { kind: 'team' };
  const id = recipient.slice('person:'.length);
  const person = people[id];
  return person ? { kind: 'person', id, name: person.name, email: person.email } : null;
}

async function lineOf(deps: DigestDeps, to: Recipient, held: Held): Promise<Line> {
  const { incidentId, actionId, subject } = held;
  const action = actionId ? await deps.store.records.findAction(incidentId, actionId) : undefined;
  if (!action) return { held, needsSomebody: true, text: `${subject} (${incidentId})`, link: null };
  const link = to.kind === 'person' ? await linkOf(deps, action, to) : null;
  const stands = standsAs(action);
  // Its effect is gone, a key has to be replaced, a review is due: the state alone does not say so.
  if (isNewsOf(action, held) && !HAS_ITS_LINE.includes(action.status))
    return { held, needsSomebody: true, text: `${held.subject} (now: ${stands})`, link };
  return { held, needsSomebody: isOpen(action, deps.now()), text: stands, link };
}

/** The page was about the state in which the action still is. */
const isNewsOf = ({ status, actionId }: Action, { key }: Held): boolean =>
  key.startsWith(`${status}-${actionId}-`);

async function linkOf(
  deps: DigestDeps,
  action: Action,
  person: { id: string },
): Promise<Line['link']> {
  const about = oneLine(headlineOf(action), 80);
  const isAsked = askedOf(action).some(({ id }) => id === person.id);
  if (isAsked && isOpenQuestion(action, deps.now()))
    return { label: `Look, then decide: ${about}`, url: await questionUrl(deps, action, person) };
  const anew = await askAnewUrl(deps, action, person, deps.now());
  return anew ? { label: `Have it asked anew: ${about}`, url: anew } : null;
}

const isOpenQuestion = ({ status, approval }: Action, now: Date): boolean =>
  status === 'awaiting-approval' && now.toISOString() < (approval?.expiresAt ?? '');

const HAS_ITS_LINE: readonly Action['status'][] = [
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

/** What became of it, or what it still needs. */
function standsAs(action: Action): string {
  const line = oneLine(standingLine(action), 200);
  switch (action.status) {
    case 'awaiting-approval':
      return `${line} until ${timeOfDay(action.approval?.expiresAt)}`;
    case 'expired':
      return `${line}: nothing was done; the incident’s ticket has what there is to do`;
    case 'handed-off':
    case 'failed':
    case 'reversal-failed':
      return `${line}: the incident’s ticket has what there is to do`;
    default:
      return line;
  }
}

function digestText(
  lines: readonly Line[],
  { more }: Pager,
  perHour: number,
): Pick<Message, 'subject' | 'paragraphs' | 'facts' | 'steps' | 'links'> {
  const open = lines.filter(({ needsSomebody }) => needsSomebody);
  const over = lines.filter(({ needsSomebody }) => !needsSomebody);
  const count = lines.length + more;
  const list = (title: string, some: readonly Line[]) =>
    some.length > 0 ? [`${title}\n${some.map(({ text }) => `- ${text}`).join('\n')}`] : [];
  const [first, ...rest] = [
    ...list('These still need somebody:', open),
    ...list('These are over:', over),
    ...(more > 0 ? [`${more} more are not listed here. Each has a ticket, or is on record.`] : []),
    `You had ${perHour} pages within an hour, which is the most that policy lets you have.`,
  ];
  return {
    subject: `${count} ${count === 1 ? 'message that woke' : 'messages that woke'} nobody, ${open.length} still open`,
    paragraphs: [first ?? '', ...rest],
    facts: [],
    steps: [],
    links: open.flatMap(({ link }) => link ?? []),
  };
}
