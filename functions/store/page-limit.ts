// Which pages a recipient gets within the hour, and what the digest holds.
import * as z from 'zod/mini';
import { bySeverity, isSevere, SeverityLabel } from '../domain/alert.ts';
import { earlier, minutesAfter } from '../domain/time.ts';
import type { Limits } from '../policy/schemas/limits.ts';

const HOUR_MINUTES = 60;
/** The digest lists at most this many messages and counts the rest. */
const MOST_HELD = 25;
/** Pages that ignore the limit count too, and may be many. */
const MOST_COUNTED = 100;

/** A message held for the digest. The current state of its action is read when the digest is sent. */
const Held = z.strictObject({
  at: z.iso.datetime(),
  key: z.string(),
  subject: z.string(),
  incidentId: z.string(),
  actionId: z.nullable(z.string()),
  /** Whether an earlier digest already contained it. A digest doesn't page. */
  told: z.boolean(),
  /** Absent in items of earlier versions, and for messages about no alert. */
  severity: z.optional(SeverityLabel),
  /**
   * The earliest time of a digest that contains the entry: when the recipient's working hours begin, or when a
   * collected entry is due.
   */
  until: z.optional(z.iso.datetime()),
  /** Represents all open requests of its incident. Absent in items of earlier versions. */
  collects: z.optional(z.literal(true)),
});
export type Held = z.infer<typeof Held>;

export const Pager = z.object({
  woken: z.array(
    z.strictObject({
      at: z.iso.datetime(),
      key: z.string(),
      /** The incident, if the page was about one. Absent in items of earlier versions. */
      incidentId: z.optional(z.string()),
      /** The message's `once`. Later pages with the same value are not sent. */
      once: z.optional(z.string()),
      /** Absent in items of earlier versions, and for messages about no alert. */
      severity: z.optional(SeverityLabel),
    }),
  ),
  held: z.array(Held),
  /** How many more messages were not kept. */
  more: z.int().check(z.gte(0)),
  /** When the digest is due; null if nothing is held. */
  dueAt: z.nullable(z.iso.datetime()),
  /** MAC by a function that sends pages, over all fields above. Absent in items of earlier versions. */
  proof: z._default(z.nullable(z.string()), null),
  version: z.int(),
});
export type Pager = z.infer<typeof Pager>;

export type Bounds = Limits['pages'];
export type Page = Pick<Held, 'key'> & {
  severity?: Held['severity'];
  /** Within the hour, only the first page about this. */
  once?: string | undefined;
  /** Waits for this time instead of paging. */
  until?: string;
  /** Joins the digest entry of its incident. `key` is then the `collectedKey`. */
  collects?: true;
  /** Pages regardless of the limit. */
  always: boolean;
  /** The text for the digest; null for a message that is never held. */
  text: Pick<Held, 'subject' | 'incidentId' | 'actionId'> | null;
};
export type Admitted = {
  pages: boolean;
  /** A page about the same thing was sent: this one is not sent at all. */
  isRepeat: boolean;
  /** When this was the last page of the hour: when the next page may be sent. */
  nextAt: string | null;
};
/** The contents of a sent digest. Messages in `kept` still need a person and are repeated when a page may be sent. */
export type SentDigest = {
  sent: readonly Pick<Held, 'key' | 'at'>[];
  kept: readonly string[];
  more: number;
};

/** Pages of the last hour. The window slides, because a fixed hour would allow twice the limit around its boundary. */
export const recent = (woken: Pager['woken'], now: Date): Pager['woken'] =>
  woken.filter(({ at }) => at > minutesAfter(now, -HOUR_MINUTES));

/** When the next slot is free. */
const nextSlotAt = (woken: Pager['woken'], perHour: number, now: Date): string => {
  const oldest = woken.at(-perHour);
  return oldest ? minutesAfter(oldest.at, HOUR_MINUTES) : now.toISOString();
};

/** The pages of the hour that a severity may use up. The rest is for severe alerts. Unknown counts as severe. */
const limitFor = (
  severity: Held['severity'],
  { perPersonPerHour, reservedForSevere }: Bounds,
): number =>
  severity && !isSevere(severity)
    ? Math.max(1, perPersonPerHour - reservedForSevere)
    : perPersonPerHour;

/** The limit for a digest: that of its most severe message. */
const limitForDigest = (held: Pager['held'], bounds: Bounds): number =>
  Math.max(...held.map(({ severity }) => limitFor(severity, bounds)));

/** Whether no page about the incident had a severity that always pages, and this one has. A digest is about none. */
function isFirstOf(
  incidentId: string | undefined,
  severity: Held['severity'],
  woken: Pager['woken'],
  { bySeverity }: Bounds,
): boolean {
  const isAlways = (one: typeof severity) => one !== undefined && bySeverity[one] === 'always';
  return (
    incidentId !== undefined &&
    isAlways(severity) &&
    woken.every((one) => one.incidentId !== incidentId || !isAlways(one.severity))
  );
}

/** The answer, and the pager to write; null if nothing changes. */
export function admit(
  current: Pager,
  page: Page,
  bounds: Bounds,
  now: Date,
): Admitted & { next: Pager | null } {
  const { until } = page;
  if (until === undefined) return admitPage(current, page, bounds, now);
  if (page.collects) return admitCollected(current, { ...page, until }, now);
  const next = withWaiting(current, { ...page, until }, now);
  return { pages: false, isRepeat: false, nextAt: null, next };
}

function admitPage(
  current: Pager,
  { key, always, severity, once, text }: Page,
  bounds: Bounds,
  now: Date,
): Admitted & { next: Pager | null } {
  const { perPersonPerHour, digestAfterMinutes } = bounds;
  const woken = recent(current.woken, now);
  const answer = { pages: true, isRepeat: false, nextAt: null, next: null };
  if (woken.some((one) => one.key === key)) return answer;
  if (once && woken.some((one) => one.once === once)) return { ...answer, isRepeat: true };
  const at = now.toISOString();
  const incidentId = text?.incidentId;
  const ignoresLimit = isFirstOf(incidentId, severity, woken, bounds);
  if (always || ignoresLimit || woken.length < limitFor(severity, bounds)) {
    const about = { ...(incidentId && { incidentId }), ...(severity && { severity }) };
    const page = { at, key, ...about, ...(once && { once }) };
    const counted = [...woken, page].slice(-MOST_COUNTED);
    const held = current.held.filter((one) => one.key !== key);
    const dueAt = held.length + current.more > 0 ? current.dueAt : null;
    const isLast = counted.length === perPersonPerHour;
    const nextAt = isLast ? nextSlotAt(counted, perPersonPerHour, now) : null;
    return { ...answer, nextAt, next: { ...current, woken: counted, held, dueAt } };
  }
  if (!text || current.held.some((one) => one.key === key)) return { ...answer, pages: false };
  const entry = { at, key, ...text, told: false, ...(severity && { severity }) };
  const dueAt = earlier(minutesAfter(now, digestAfterMinutes), current.dueAt);
  return { ...answer, pages: false, next: { ...withHeld(current, entry), woken, dueAt } };
}

const isMild = ({ severity }: Pick<Held, 'severity'>): boolean =>
  severity !== undefined && !isSevere(severity);

/**
 * The pager with one more message over the limit. In a full digest, a severe message takes the place of a milder one.
 */
function withHeld(current: Pager, entry: Held): Pager {
  const overLimit = current.held.filter((one) => !one.until);
  if (overLimit.length < MOST_HELD) return { ...current, held: [...current.held, entry] };
  const milder = isMild(entry) ? undefined : overLimit.findLast(isMild);
  const kept = current.held.filter((one) => one !== milder);
  return { ...current, held: milder ? [...kept, entry] : kept, more: current.more + 1 };
}

/** The pager with one more message that waits; null if it waits already. */
function withWaiting(
  current: Pager,
  { key, severity, until, text }: Pick<Page, 'key' | 'severity' | 'text'> & { until: string },
  now: Date,
): Pager | null {
  if (!text || current.held.some((one) => one.key === key)) return null;
  const entry = { at: now.toISOString(), key, ...text, told: false, until };
  const waiting = current.held.filter((one) => one.until);
  const dueAt = earlier(until, current.dueAt);
  return waiting.length < MOST_HELD
    ? { ...current, held: [...current.held, { ...entry, ...(severity && { severity }) }], dueAt }
    : { ...current, more: current.more + 1, dueAt };
}

/** The key of the entry for all open requests of an incident. */
export const collectedKey = (incidentId: string): string => `collected-${incidentId}`;

/**
 * Sends the message at once if the list is full. A later message updates `at`, so that a digest that is being sent
 * without it does not remove the entry. A more urgent one moves the entry forward.
 */
function admitCollected(
  current: Pager,
  { key, severity, until, text }: Page & { until: string },
  now: Date,
): Admitted & { next: Pager | null } {
  const answer = { pages: false, isRepeat: false, nextAt: null };
  const existing = current.held.find((one) => one.key === key);
  const others = current.held.filter((one) => one.key !== key);
  if (!text || (!existing && others.filter((one) => one.until).length >= MOST_HELD))
    return { ...answer, pages: true, next: null };
  const entry = existing ?? { key, ...text, told: false, collects: true as const };
  const worst = [severity, existing?.severity].filter((one) => one !== undefined).sort(bySeverity);
  const joined = {
    ...entry,
    ...{ at: now.toISOString(), until: earlier(until, existing?.until ?? null) },
    ...(worst[0] && { severity: worst[0] }),
  };
  const dueAt = earlier(until, current.dueAt);
  return { ...answer, next: { ...current, held: [...others, joined], dueAt } };
}

/** Whether a digest at this time contains the message. */
export const isDue = ({ until }: Pick<Held, 'until'>, now: Date): boolean =>
  until === undefined || until <= now.toISOString();

/** New messages get their own digest soon. Messages that still need a person wait until a page may be sent. */
export function afterDigest(current: Pager, said: SentDigest, bounds: Bounds, now: Date): Pager {
  const woken = recent(current.woken, now);
  const wasSent = ({ key, at }: Held) => said.sent.some((one) => one.key === key && one.at === at);
  const held = current.held
    .filter((one) => !wasSent(one) || said.kept.includes(one.key))
    .map((one) => ({ ...one, told: one.told || wasSent(one) }));
  const more = Math.max(0, current.more - said.more);
  const ready = held.filter((one) => isDue(one, now));
  const hasNew = more > 0 || ready.some(({ told }) => !told);
  const times = [
    ...held.flatMap((one) => (isDue(one, now) ? [] : (one.until ?? []))),
    ...(hasNew ? [minutesAfter(now, bounds.digestAfterMinutes)] : []),
    ...(!hasNew && ready.length > 0 ? [nextSlotAt(woken, limitForDigest(ready, bounds), now)] : []),
  ];
  return { ...current, woken, held, more, dueAt: times.sort()[0] ?? null };
}
