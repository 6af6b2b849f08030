// Leases on AWS effects. The last holder to release one undoes the effect.
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { Instant } from '../domain/alert.ts';
import { Proof } from '../domain/approval.ts';
import { Conflict, UndoFailed } from '../domain/errors.ts';
import { readStored } from '../domain/stored.ts';
import { minutesAfter } from '../domain/time.ts';
import { singleKey } from './layout.ts';
import { retryOnConflict } from './retry.ts';
import { ABSENT, atVersion, type Table } from './table.ts';

/** Where a holder's action is, and the proof that an executor made it a holder. */
const Origin = z.strictObject({
  incidentId: z.string(),
  /** Null for an effect that a person kept after its lease had ended; the evidence of the action proves that one. */
  proof: z.nullable(Proof),
});
type Origin = z.infer<typeof Origin>;

const Lease = z.strictObject({
  /** Empty for a while after a reversal that a late apply may follow: the before-state stays known. */
  holders: z.array(z.string()),
  /** The state before the first holder's change. `captured` distinguishes a captured null from no capture. */
  captured: z.boolean(),
  before: z.unknown(),
  /** The proof of the executor that captured it. */
  capture: z._default(z.nullable(Proof), null),
  /** By holder. A holder without an entry counts as planted. */
  origins: z._default(z.record(z.string(), Origin), {}),
  /** Whether a holder released the lease and left the undo to the other holders. True if not recorded. */
  handedOn: z._default(z.boolean(), true),
  /** The last holder, while it undoes the effect. No one may join until that is done. */
  releasing: z.nullable(z.string()),
  /** The reversal that holds the exclusive claim, until a time when its function must have ended. */
  claim: z._default(z.nullable(z.strictObject({ by: z.string(), until: Instant })), null),
  /** The last undo failed. Only a person or the sweeper may start another one. */
  isStuck: z._default(z.boolean(), false),
  version: z.int().check(z.gte(1)),
});
export type Lease = z.infer<typeof Lease>;

/** One reversal: a name that its retries share, and the current time. */
export type Claimant = { by: string; now: Date };

/** Longer than the timeout of a reverser in infra/function-table.ts, with a margin for clock skew. */
const CLAIM_MINUTES = 3;
/** A claim that ends later than any clock explains was planted, to keep an effect for ever. */
const CLOCK_MINUTES = 1;

export type Holder = { actionId: string; origin: Origin | null };
/** The holders whose actions are proven to be in force. */
export type Living = (holders: readonly Holder[]) => Promise<readonly string[]>;

/** Input of the undo for the last holder: the before-state, if it was captured. */
export type Released = Pick<Lease, 'captured' | 'before' | 'capture' | 'handedOn' | 'origins'>;

export function createLeases(table: Table) {
  const key = (effectKey: string) => singleKey('lease', effectKey);
  const write = (effectKey: string, lease: Lease, from: Lease | null) =>
    table.put({ ...key(effectKey), ...lease }, from ? atVersion(from.version) : ABSENT);

  /** Also returns an ended lease. */
  async function load(effectKey: string): Promise<Lease | null> {
    const item = await table.get(key(effectKey));
    if (!item) return null;
    const { pk: _pk, sk: _sk, expiresAt: _expiresAt, ...rest } = item;
    return readStored(Lease, rest, { what: 'lease', effectKey });
  }

  return {
    async find(effectKey: string): Promise<Lease | null> {
      const lease = await load(effectKey);
      return lease && !isEnded(lease) ? lease : null;
    },

    /**
     * Adds a holder. Idempotent per holder. Throws Conflict while the last holder undoes the effect, and UndoFailed if
     * that failed.
     */
    acquire: (
      effectKey: string,
      actionId: string,
      now: Date,
      origin: Origin | null = null,
    ): Promise<Lease> =>
      retryOnConflict(table, async () => {
        const lease = await load(effectKey);
        const mine = origin && { [actionId]: origin };
        if (!lease) {
          const first = {
            ...UNHELD,
            holders: [actionId],
            origins: { ...mine },
            ...UNCLAIMED,
            version: 1,
          };
          await write(effectKey, first, null);
          return first;
        }
        if (lease.isStuck)
          throw new UndoFailed(
            `the undo of ${lease.releasing} failed, and it has the same effect`,
            { effectKey, actionId },
          );
        if (lease.releasing !== null && !isAbandoned(lease, now))
          throw new Conflict(`${lease.releasing} is undoing the effect`, {
            effectKey,
            actionId,
          });
        if (lease.holders.includes(actionId)) return lease;
        const joined = {
          ...lease,
          ...UNCLAIMED,
          holders: [...lease.holders, actionId],
          origins: { ...lease.origins, ...mine },
          version: lease.version + 1,
        };
        await write(effectKey, joined, lease);
        return joined;
      }),

    /**
     * Stores the captured before-state, once. Only the first holder may capture it: a later holder might see the first
     * one's change. Throws Conflict for other holders until the state is stored.
     */
    recordBefore: (
      effectKey: string,
      actionId: string,
      before: unknown,
      capture: string | null = null,
    ): Promise<Lease> =>
      retryOnConflict(table, async () => {
        const lease = await load(effectKey);
        if (!lease) throw new Conflict('the lease was lost', { effectKey, actionId });
        if (lease.captured) return lease;
        if (lease.holders[0] !== actionId)
          throw new Conflict(`${lease.holders[0]} has not captured the before-state yet`, {
            effectKey,
          });
        const captured = { ...lease, captured: true, before, capture, version: lease.version + 1 };
        await write(effectKey, captured, lease);
        return captured;
      }),

    /**
     * Releases the lease. Returns null if others still hold the effect, which then stays. Otherwise the caller has the
     * exclusive claim:
     *
     * 1. It undoes the effect. No one can join and no other reversal can start meanwhile.
     * 2. It calls `drop`, or `detach` if its own apply may still arrive, or `pause` if the undo failed.
     *
     * AWS has no conditional write that could reject a late change, so two reversals must never overlap. Throws Conflict
     * while another reversal has the claim. Holders that are not `living` are removed.
     */
    release: (
      effectKey: string,
      actionId: string,
      { by, now }: Claimant,
      living: Living,
    ): Promise<Released | null> =>
      retryOnConflict(table, async () => {
        const lease = await load(effectKey);
        const claimed = {
          releasing: actionId,
          claim: { by, until: minutesAfter(now, CLAIM_MINUTES) },
          isStuck: false,
        };
        if (!lease) {
          await write(effectKey, { ...UNHELD, ...claimed, version: 1 }, null);
          return UNHELD;
        }
        const { claim, releasing, version } = lease;
        if (claim && claim.by !== by && isRunning(claim, now))
          throw new Conflict(`${releasing} is undoing the effect (${claim.by})`, {
            effectKey,
            actionId,
          });
        const listed = lease.holders.filter((holder) => holder !== actionId);
        const others = [...(listed.length > 0 ? await living(listed.map(holderIn(lease))) : [])];
        if (others.length > 0) {
          if (others.length < lease.holders.length)
            await write(
              effectKey,
              { ...lease, holders: others, handedOn: true, version: version + 1 },
              lease,
            );
          return null;
        }
        const holders = lease.holders.filter((holder) => holder === actionId);
        const mine = { ...lease, ...claimed, holders, version: version + 1 };
        await write(effectKey, mine, lease);
        return mine;
      }),

    /**
     * Ends the lease after the undo. The item stays for a day without holders, because deleting it would restart its
     * versions at 1: a delayed write that was conditional on an old version could then succeed on the new lease.
     */
    async drop(effectKey: string, { by, now }: Claimant): Promise<void> {
      const lease = await load(effectKey);
      if (lease?.claim?.by !== by) return;
      const ended = { ...ENDED, version: lease.version + 1 };
      const expiresAt = Math.floor(now.getTime() / 1000) + DAY_SECONDS;
      await table.put({ ...key(effectKey), ...ended, expiresAt }, atVersion(lease.version));
    },

    /**
     * Ends the caller's hold but keeps the before-state. If the caller's apply arrives late, the next holder doesn't
     * mistake that change for the original state. The caller calls `release` and `drop` later.
     */
    async detach(effectKey: string, { by }: Claimant): Promise<void> {
      const lease = await load(effectKey);
      if (lease?.claim?.by !== by) return;
      await write(
        effectKey,
        { ...lease, holders: [], ...UNCLAIMED, version: lease.version + 1 },
        lease,
      );
    },

    /** Call if the undo failed. No one may join yet. Another reversal of the same action may start at once. */
    async pause(
      effectKey: string,
      { by }: Claimant,
      { isStuck }: Pick<Lease, 'isStuck'>,
    ): Promise<void> {
      const lease = await load(effectKey);
      if (lease?.claim?.by !== by) return;
      const claim = lease.holders.length > 0 || isStuck ? null : lease.claim;
      await write(effectKey, { ...lease, claim, isStuck, version: lease.version + 1 }, lease);
    },

    /** Adds the proofs that a person made for a holder of an earlier version. Does nothing if it holds nothing. */
    sign: (
      effectKey: string,
      { actionId, incidentId }: { actionId: string; incidentId: string },
      { before, capture }: { before: unknown; capture: string },
    ): Promise<void> =>
      retryOnConflict(table, async () => {
        const lease = await load(effectKey);
        if (!lease?.holders.includes(actionId)) return;
        const origins = { ...lease.origins, [actionId]: { incidentId, proof: null } };
        const isSame = lease.captured && isDeepStrictEqual(lease.before, before);
        const proofs = { origins, capture: isSame ? capture : lease.capture };
        await write(effectKey, { ...lease, ...proofs, version: lease.version + 1 }, lease);
      }),

    /** Keeps an effect that could not be undone: it is held like any other, with its before-state. */
    hold: (
      effectKey: string,
      { actionId, incidentId }: { actionId: string; incidentId: string },
      before: unknown,
    ): Promise<void> =>
      retryOnConflict(table, async () => {
        const lease = await load(effectKey);
        const holders = [...new Set([...(lease?.holders ?? []), actionId])];
        const origins = { [actionId]: { incidentId, proof: null }, ...lease?.origins };
        const version = (lease?.version ?? 0) + 1;
        if (!lease || isEnded(lease))
          return write(
            effectKey,
            { ...UNHELD, holders, origins, captured: true, before, ...UNCLAIMED, version },
            lease,
          );
        if (lease.releasing !== actionId) return;
        await write(effectKey, { ...lease, holders, origins, ...UNCLAIMED, version }, lease);
      }),
  };
}

const holderIn =
  ({ origins }: Lease) =>
  (actionId: string): Holder => ({ actionId, origin: origins[actionId] ?? null });

const isRunning = ({ until }: { until: Instant }, now: Date): boolean =>
  until > now.toISOString() && until <= minutesAfter(now, CLAIM_MINUTES + CLOCK_MINUTES);

/** No holders, and the claim of the clean-up has expired. No one needs to return to it. */
const isAbandoned = ({ holders, claim }: Lease, now: Date): boolean =>
  holders.length === 0 && claim !== null && claim.until <= now.toISOString();

const UNCLAIMED = { releasing: null, claim: null, isStuck: false };
const UNHELD = {
  holders: [],
  origins: {},
  captured: false,
  before: null,
  capture: null,
  handedOn: false,
};
const ENDED = { ...UNHELD, ...UNCLAIMED };
/** Longer than any call can take. DynamoDB then deletes the item. */
const DAY_SECONDS = 86_400;

/** No holders, no undo in progress, and no before-state. */
const isEnded = ({ holders, captured, releasing }: Lease): boolean =>
  holders.length === 0 && !captured && releasing === null;
