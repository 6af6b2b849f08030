// How often each person was woken lately, and what waits in that person's digest: one item each, one conditional write per page.
import * as z from 'zod';
import { readStored } from '../domain/stored.ts';
import { minutesAfter } from '../domain/time.ts';
import type { Limits } from '../policy/schemas/limits.ts';
import { ABSENT, atVersion, contended, type Table } from './table.ts';

const HOUR_MINUTES = 60;
/** Each attempt is lost to a writer that won: in a burst, many count at once. */
const MAX_ATTEMPTS = 40;
/** More is no reading for a night; what does not fit is counted. */
const MOST_HELD = 25;
/** Pages that no cap holds back count, too, and may be many. */
const MOST_COUNTED = 100;

/** A page that woke nobody. What became of its action is looked up when the digest goes out. */
const Held = z.strictObject({
  at: z.iso.datetime(),
  key: z.string(),
  subject: z.string(),
  incidentId: z.string(),
  actionId: z.string().nullable(),
  /** Whether it stood in a digest already, which was no page. */
  told: z.boolean(),
});
export type Held = z.infer<typeof Held>;

const Pager = z.object({
  woken: z.array(z.strictObject({ at: z.iso.datetime(), key: z.string() })),
  held: z.array(Held),
  /** How many did not fit. */
  more: z.int().min(0),
  /** When the digest is due; null where nothing waits. */
  dueAt: z.iso.datetime().nullable(),
  version: z.int(),
});
export type Pager = z.infer<typeof Pager>;

type Bounds = Limits['pages'];
export type Page = Pick<Held, 'key'> & {
  /** Woken whatever the count says. */
  always: boolean;
  /** What the digest says of it; null where it is sent or not, and never put aside. */
  text: Pick<Held, 'subject' | 'incidentId' | 'actionId'> | null;
};
export type Admitted = {
  wakes: boolean;
  /** Where it was the last of its hour: when the next page may wake. */
  nextAt: string | null;
};
/** What a digest said: `kept` still needs somebody, and comes once more when a page may wake. */
export type Said = { keys: readonly string[]; kept: readonly string[]; more: number };

const NOBODY_WOKEN: Pager = { woken: [], held: [], more: 0, dueAt: null, version: 0 };

export function createPager(table: Table) {
  const keyOf = (recipient: string) => ({ pk: `PAGER#${recipient}`, sk: 'PAGER' });
  const load = async (recipient: string): Promise<Pager> => {
    const item = await table.get(keyOf(recipient));
    return item ? readStored(Pager, item, { what: 'pager', recipient }) : NOBODY_WOKEN;
  };
  const save = (recipient: string, { version, ...next }: Pager) => {
    const due = next.dueAt && { open: 'yes', attentionAt: next.dueAt };
    return table.put(
      { ...keyOf(recipient), ...next, recipient, version: version + 1, ...due },
      version === 0 ? ABSENT : atVersion(version),
    );
  };

  return {
    /** Everything about the recipient: `person:<id>`, or `team`. */
    find: load,
    /**
     * Takes a place in the sliding hour, or puts the page into the digest. Once for each key: the same page asked for
     * again has its place. Throws Conflict when others counted faster all the time.
     */
    admit: (recipient: string, page: Page, bounds: Bounds, now: Date): Promise<Admitted> =>
      contended(async () => {
        const current = await load(recipient);
        const { next, ...admitted } = admit(current, page, bounds, now);
        if (next) await save(recipient, next);
        return admitted;
      }, MAX_ATTEMPTS),
    /** After a digest went out: what it said is not said again. */
    settle: (recipient: string, said: Said, bounds: Bounds, now: Date): Promise<void> =>
      contended(async () => {
        const current = await load(recipient);
        await save(recipient, after(current, said, bounds, now));
      }, MAX_ATTEMPTS),
  };
}

/** Of the last hour; sliding, so that two full hours' worth never fit around the turn of one. */
const recent = (woken: Pager['woken'], now: Date): Pager['woken'] =>
  woken.filter(({ at }) => at > minutesAfter(now, -HOUR_MINUTES));

/** When the pages of the hour leave room for one more. */
const roomAt = (woken: Pager['woken'], perHour: number, now: Date): string => {
  const oldest = woken.at(-perHour);
  return oldest ? minutesAfter(oldest.at, HOUR_MINUTES) : now.toISOString();
};

function admit(
  current: Pager,
  { key, always, text }: Page,
  { perPersonPerHour, digestAfterMinutes }: Bounds,
  now: Date,
): Admitted & { next: Pager | null } {
  const woken = recent(current.woken, now);
  if (woken.some((one) => one.key === key)) return { wakes: true, nextAt: null, next: null };
  const at = now.toISOString();
  if (always || woken.length < perPersonPerHour) {
    const counted = [...woken, { at, key }].slice(-MOST_COUNTED);
    const held = current.held.filter((one) => one.key !== key);
    const dueAt = held.length + current.more > 0 ? current.dueAt : null;
    const isLast = counted.length === perPersonPerHour;
    const nextAt = isLast ? roomAt(counted, perPersonPerHour, now) : null;
    return { wakes: true, nextAt, next: { ...current, woken: counted, held, dueAt } };
  }
  const isHeld = current.held.some((one) => one.key === key);
  if (!text || isHeld) return { wakes: false, nextAt: null, next: null };
  const soon = minutesAfter(now, digestAfterMinutes);
  const waiting =
    current.held.length < MOST_HELD
      ? { held: [...current.held, { at, key, ...text, told: false }] }
      : { more: current.more + 1 };
  const dueAt = current.dueAt !== null && current.dueAt < soon ? current.dueAt : soon;
  return { wakes: false, nextAt: null, next: { ...current, woken, ...waiting, dueAt } };
}

/** What came meanwhile has its own digest, soon; what still needs somebody waits until a page may wake. */
function after(current: Pager, said: Said, bounds: Bounds, now: Date): Pager {
  const woken = recent(current.woken, now);
  const held = current.held
    .filter(({ key }) => !said.keys.includes(key) || said.kept.includes(key))
    .map((one) => ({ ...one, told: one.told || said.keys.includes(one.key) }));
  const more = Math.max(0, current.more - said.more);
  const hasNews = more > 0 || held.some(({ told }) => !told);
  const dueAt = hasNews
    ? minutesAfter(now, bounds.digestAfterMinutes)
    : held.length > 0
      ? roomAt(woken, bounds.perPersonPerHour, now)
      : null;
  return { ...current, woken, held, more, dueAt };
}
