// Hourly page limit and digest of each recipient.
import * as z from 'zod/mini';
import { ALARMING } from '../domain/alarm-messages.ts';
import { isSevere, SeverityLabel } from '../domain/alert.ts';
import { readStored } from '../domain/stored.ts';
import { minutesAfter } from '../domain/time.ts';
import { type Mac, signClaims, verifyClaims } from '../links/signed-claims.ts';
import type { Log } from '../platform/log.ts';
import type { Limits } from '../policy/schemas/limits.ts';
import { digestOf } from './hash-chain.ts';
import { singleKey } from './layout.ts';
import { retryOnConflict } from './retry.ts';
import { attentionKeys } from './sweep-index.ts';
import { ABSENT, atVersion, type Table } from './table.ts';

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
});
export type Held = z.infer<typeof Held>;

const Pager = z.object({
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

/** What the MAC covers. `state` is the digest of the pages and of what is held. */
const Counted = z.strictObject({ recipient: z.string(), state: z.string() });
const DOMAIN = 'countermand pages v1';

type Bounds = Limits['pages'];
/** How a function that sends pages counts them. Only those functions may use `pageKey`. */
export type Paging = { pageKey: Mac; bounds: Bounds; now: Date };
export type Page = Pick<Held, 'key'> & {
  severity?: Held['severity'];
  /** Within the hour, only the first page about this. */
  once?: string | undefined;
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
export type SentDigest = { keys: readonly string[]; kept: readonly string[]; more: number };

const EMPTY: Pager = { woken: [], held: [], more: 0, dueAt: null, proof: null, version: 0 };

export function createPager(table: Table, log: Log) {
  const keyOf = (recipient: string) => singleKey('pager', recipient);
  async function load(recipient: string, { pageKey, now }: Omit<Paging, 'bounds'>): Promise<Pager> {
    const item = await table.get(keyOf(recipient));
    if (!item) return EMPTY;
    const pager = readStored(Pager, item, { what: 'pager', recipient });
    if (await isProven(pageKey, recipient, pager)) return pager;
    if (recent(pager.woken, now).length > 0 || pager.held.length > 0)
      log('error', ALARMING.recordAltered, {
        recipient,
        why: 'its count of pages has no valid proof',
      });
    return uncounted(pager, now);
  }
  async function save(recipient: string, { version, ...next }: Pager, pageKey: Mac) {
    const claims = { recipient, state: stateOf(next) };
    const proof = await signClaims(pageKey, DOMAIN, claims);
    const due = attentionKeys(keyOf(recipient), next.dueAt);
    return table.put(
      { ...keyOf(recipient), ...next, proof, recipient, version: version + 1, ...due },
      version === 0 ? ABSENT : atVersion(version),
    );
  }

  return {
    /** The state of the recipient: `person:<id>`, or `team`. */
    find: load,
    /**
     * Takes a slot in the sliding hour, or holds the message for the digest. A repeated call with the same key keeps
     * its slot. Throws Conflict if other writers won every race.
     */
    admit: (recipient: string, page: Page, { pageKey, bounds, now }: Paging): Promise<Admitted> =>
      retryOnConflict(table, async () => {
        const current = await load(recipient, { pageKey, now });
        const { next, ...admitted } = admit(current, page, bounds, now);
        if (next) await save(recipient, next, pageKey);
        return admitted;
      }),
    /** Call after a digest was sent, so that it isn't repeated. */
    digestSent: (
      recipient: string,
      said: SentDigest,
      { pageKey, bounds, now }: Paging,
    ): Promise<void> =>
      retryOnConflict(table, async () => {
        const current = await load(recipient, { pageKey, now });
        await save(recipient, afterDigest(current, said, bounds, now), pageKey);
      }),
  };
}

const stateOf = ({ woken, held, more, dueAt }: Omit<Pager, 'version'>): string =>
  digestOf({ woken, held, more, dueAt });

async function isProven(pageKey: Mac, recipient: string, pager: Pager): Promise<boolean> {
  const counted = pager.proof && (await verifyClaims(pageKey, DOMAIN, pager.proof, Counted));
  return counted ? counted.recipient === recipient && counted.state === stateOf(pager) : false;
}

/** A count without a valid proof limits nothing, and its digest is due at once. */
const uncounted = (pager: Pager, now: Date): Pager => ({
  ...pager,
  woken: [],
  dueAt: pager.held.length + pager.more > 0 ? now.toISOString() : null,
});

/** Pages of the last hour. The window slides, because a fixed hour would allow twice the limit around its boundary. */
const recent = (woken: Pager['woken'], now: Date): Pager['woken'] =>
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

function admit(
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
  const isHeld = current.held.some((one) => one.key === key);
  if (!text || isHeld) return { ...answer, pages: false };
  const soon = minutesAfter(now, digestAfterMinutes);
  const waiting =
    current.held.length < MOST_HELD
      ? {
          held: [...current.held, { at, key, ...text, told: false, ...(severity && { severity }) }],
        }
      : { more: current.more + 1 };
  const dueAt = current.dueAt !== null && current.dueAt < soon ? current.dueAt : soon;
  return { ...answer, pages: false, next: { ...current, woken, ...waiting, dueAt } };
}

/** New messages get their own digest soon. Messages that still need a person wait until a page may be sent. */
function afterDigest(current: Pager, said: SentDigest, bounds: Bounds, now: Date): Pager {
  const woken = recent(current.woken, now);
  const held = current.held
    .filter(({ key }) => !said.keys.includes(key) || said.kept.includes(key))
    .map((one) => ({ ...one, told: one.told || said.keys.includes(one.key) }));
  const more = Math.max(0, current.more - said.more);
  const hasNew = more > 0 || held.some(({ told }) => !told);
  const dueAt = hasNew
    ? minutesAfter(now, bounds.digestAfterMinutes)
    : held.length > 0
      ? nextSlotAt(woken, limitForDigest(held, bounds), now)
      : null;
  return { ...current, woken, held, more, dueAt };
}
