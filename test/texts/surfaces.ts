// Renders everything that people read about an action in its state.
import type { Action } from '../../functions/domain/action.ts';
import type { Alert } from '../../functions/domain/alert.ts';
import type { PagePurpose } from '../../functions/links/link.ts';
import { noticeOf } from '../../functions/messaging/action-notice.ts';
import { asText } from '../../functions/messaging/channels/channel.ts';
import { asBlocks, asOutcome } from '../../functions/messaging/channels/slack-blocks.ts';
import { asShortText } from '../../functions/messaging/channels/sms.ts';
import { asCard } from '../../functions/messaging/channels/teams.ts';
import type { Message } from '../../functions/messaging/message.ts';
import { askText } from '../../functions/messaging/texts/asked.ts';
import { goneText, keptText, remindText } from '../../functions/messaging/texts/in-force.ts';
import { LINKS } from '../../functions/messaging/texts/labels.ts';
import { seenSince, statusLine, type Text } from '../../functions/messaging/texts/phrases.ts';
import { alertWith, INCIDENT_ID, incidentWith, POLICY } from '../fixtures/case.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { ana, ben, createPages, mei, minute, put } from '../web/approval-pages.ts';

/** One text, with the surface that shows it. */
export type Shown = { surface: string; text: string };

/** The alert quotes the attacker, so it contains nothing that our own texts might say. */
export const ALERT: Alert = alertWith({ title: 'Port probe', description: 'Port probe' });

const PURPOSES: Readonly<Record<PagePurpose, string>> = {
  approve: ana.id,
  review: ana.id,
  'ask-anew': mei.id,
  judge: mei.id,
};

/** The page behind each link, as plain text. */
export async function pagesOf(action: Action): Promise<Shown[]> {
  const store = storeOn(memoryTable());
  await put(store, action, ALERT);
  const { app, clock, pathOf } = createPages(store);
  clock.now = minute(4);
  const expires = minute(24 * 60).getTime() / 1000;
  return Promise.all(
    Object.entries(PURPOSES).map(async ([purpose, person]) => {
      const path = await pathOf(action, { purpose: purpose as PagePurpose, person, expires });
      const page = await app.request(path);
      return { surface: `page ${purpose} (${page.status})`, text: plain(await page.text()) };
    }),
  );
}

/** Each message that the state sends, as each channel shows it. */
export function messagesOf(action: Action): Shown[] {
  const known = { alert: ALERT, facts: null };
  const { status, appliedAt } = action;
  const isOpen = status === 'awaiting-approval';
  // No message is about a request between its deadline and its expiry.
  if (isOpen && (action.approval?.expiresAt ?? '') <= minute(4).toISOString()) return [];
  const texts: Readonly<Record<string, Text | null | false>> = {
    notice: noticeOf(action, known, POLICY, null, minute(4)),
    question: isOpen && askText(action, ALERT, { facts: null }),
    'question to the next step':
      isOpen &&
      askText(action, ALERT, {
        facts: null,
        askedBefore: [ana],
        others: [action],
        passedOver: [ben],
      }),
    reminder: status === 'in-force' && remindText(action, SINCE, minute(4)),
    review: status === 'kept' && keptText(action, SINCE),
    removed: appliedAt !== null && status === 'in-force' && goneText(action),
  };
  return Object.entries(texts).flatMap(([kind, text]) =>
    text ? channelsOf(kind, action, text) : [],
  );
}

const SINCE = seenSince(incidentWith(ALERT), { appliedAt: minute(3).toISOString() });

const channelsOf = (kind: string, action: Action, text: Text): Shown[] => {
  const message: Message = {
    ...text,
    key: `key-${kind}`,
    to: { kind: 'person', ...ana },
    urgency: 'page',
    ends: [],
    links: [{ label: LINKS.review, url: 'https://countermand.example/x' }],
    incidentId: INCIDENT_ID,
    actionId: action.actionId,
  };
  return [
    { surface: `${kind}, mail`, text: `${message.subject}\n${asText(message)}` },
    { surface: `${kind}, ticket`, text: asText({ ...message, links: [] }) },
    { surface: `${kind}, SMS`, text: asShortText(message) },
    { surface: `${kind}, Slack`, text: stringsIn(asBlocks(message)).join('\n') },
    { surface: `${kind}, Slack outcome`, text: stringsIn(asOutcome(message)).join('\n') },
    { surface: `${kind}, Teams`, text: stringsIn(asCard(message)).join('\n') },
  ];
};

/** The rows of the console, and the line in digests and summaries. */
export const rowsOf = (action: Action): Shown[] => [
  { surface: 'digest line', text: statusLine(action, minute(4)) },
];

/** The visible text of a page, one line per element. */
const plain = (page: string): string =>
  page
    .replace(/<style[\s\S]*?<\/style>|<head[\s\S]*?<\/head>/g, '')
    .replace(/<\/?(?:bdi|wbr|b|q|code|strong|time|small|a|label|input)\b[^>]*>/g, (tag) =>
      /^<small|^<\/small/.test(tag) ? '\n' : '',
    )
    .replace(/<[^>]*>/g, '\n')
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/\n\s*\n+/g, '\n');

/** The `text` values of a Slack or Teams payload. */
const stringsIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'text' && typeof inner === 'string' ? [inner] : stringsIn(inner),
  );
};
