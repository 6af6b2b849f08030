// The record of a lease: holders, before-state, begun applies, and the claim.
import * as z from 'zod/mini';
import { Proof } from '../domain/approval.ts';
import { Instant } from '../domain/reference.ts';
import { minutesAfter } from '../domain/time.ts';

/** Where a holder's action is, and the proof that an executor made it a holder. */
const Origin = z.strictObject({
  incidentId: z.string(),
  /** Null for an effect that a person kept after its lease had ended; the evidence of the action proves that one. */
  proof: z.nullable(Proof),
});
export type Origin = z.infer<typeof Origin>;

/** One call of `apply`. It can't reach AWS after `until`, when its function must have ended. */
const Apply = z.strictObject({ by: z.string(), attempt: z.int(), until: Instant });

export const Lease = z.strictObject({
  /** Empty for a while after a reversal that a late apply may follow: the before-state stays known. */
  holders: z.array(z.string()),
  /** The state before the first holder's change. `captured` distinguishes a captured null from no capture. */
  captured: z.boolean(),
  before: z.unknown(),
  /** The proof of the executor that captured it. */
  capture: z._default(z.nullable(Proof), null),
  /** By holder. A holder without an entry counts as planted. */
  origins: z._default(z.record(z.string(), Origin), {}),
  /**
   * Whether a change may have been made since the capture. Until then, what is in place in AWS is someone else's. True
   * if not recorded.
   */
  begun: z._default(z.boolean(), true),
  /** Applies that have begun and whose end is not known. A change that one of them made counts as ours. */
  applies: z._default(z.array(Apply), []),
  /** Whether a holder released the lease and left the undo to the other holders. True if not recorded. */
  handedOn: z._default(z.boolean(), true),
  /** The last holder, while it undoes the effect. No one may join until that is done. */
  releasing: z.nullable(z.string()),
  /** The reversal that holds the exclusive claim, until a time when its function must have ended. */
  claim: z._default(z.nullable(z.strictObject({ by: z.string(), until: Instant })), null),
  /** Holders that the reversal with the claim removed, because they were due or their undo was ordered. */
  lifting: z._default(z.array(z.string()), []),
  /** Holders that earlier reversals removed and undid the effect for. A change in place now is someone else's. */
  lifted: z._default(z.array(z.string()), []),
  /** The last undo failed. Only a person or the sweeper may start another one. */
  isStuck: z._default(z.boolean(), false),
  version: z.int().check(z.gte(1)),
});
export type Lease = z.infer<typeof Lease>;

/** One reversal: a name that its retries share, and the current time. */
export type Claimant = { by: string; now: Date };

/** Longer than the timeout of a reverser in infra/mechanism-functions.ts, with a margin for clock skew. */
export const CLAIM_MINUTES = 3;
/** Longer than the timeout of an executor in infra/mechanism-functions.ts: an apply can't reach AWS later. */
export const EXECUTOR_TIMEOUT_MINUTES = 3;
/** A claim that ends later than any clock explains was planted, to keep an effect for ever. */
const CLOCK_MINUTES = 1;

export type Holder = { actionId: string; origin: Origin | null };
/** The holders whose actions are proven to be in force. */
export type Living = (holders: readonly Holder[]) => Promise<readonly string[]>;

/** Input of the undo for the last holder: the before-state, if it was captured. */
export type Released = Pick<
  Lease,
  'captured' | 'before' | 'capture' | 'handedOn' | 'origins' | 'begun' | 'applies'
> & {
  /** Whether the reversal of another holder undid the effect for this one as well. */
  isLifted: boolean;
};

/** A holder with the proof of its hold, by its ID. */
export const holderIn =
  ({ origins }: Lease) =>
  (actionId: string): Holder => ({ actionId, origin: origins[actionId] ?? null });

/** Whether the action holds the effect, and no reversal has claimed it. */
export const isHeldBy = ({ holders, releasing }: Lease, actionId: string): boolean =>
  releasing === null && holders.includes(actionId);

export const isClaimedByOther = ({ claim }: Lease, by: string, now: Date): boolean =>
  claim !== null && claim.by !== by && isRunning(claim, now);

const isRunning = ({ until }: { until: Instant }, now: Date): boolean =>
  until > now.toISOString() && until <= minutesAfter(now, CLAIM_MINUTES + CLOCK_MINUTES);

/** No holders, and the claim of the clean-up has expired. No one needs to return to it. */
export const isAbandoned = ({ holders, claim }: Lease, now: Date): boolean =>
  holders.length === 0 && claim !== null && claim.until <= now.toISOString();

export const UNCLAIMED = { releasing: null, claim: null, lifting: [], isStuck: false };
export const UNHELD = {
  holders: [],
  origins: {},
  captured: false,
  before: null,
  capture: null,
  handedOn: false,
  begun: false,
  applies: [],
  lifting: [],
  lifted: [],
};
/** A lease that the caller doesn't hold any more says nothing about the caller's change. */
export const LOST = { ...UNHELD, begun: true, isLifted: false };
export const ENDED = { ...UNHELD, ...UNCLAIMED };

/** More actions than hold one effect within a day. */
const MOST_LIFTED = 20;

/** All holders whose effect is undone once the reversal with the claim has ended. */
export const liftedWith = ({ lifting, lifted }: Lease): string[] =>
  [...new Set([...lifted, ...lifting])].slice(-MOST_LIFTED);

/** Whether an earlier reversal undid the effect for the action, and no apply of the action may arrive later. */
export const isLiftedFor = ({ lifted, applies }: Lease, actionId: string): boolean =>
  lifted.includes(actionId) && !applies.some(({ by }) => by === actionId);

/** No holders, no undo in progress, and no before-state. */
export const isEnded = ({ holders, captured, releasing }: Lease): boolean =>
  holders.length === 0 && !captured && releasing === null;
