// What a MAC proves about one action: its ruling, votes, orders and evidence.
import * as z from 'zod/mini';
import { ActionId, IncidentId } from '../domain/action.ts';
import { Role } from '../domain/approval.ts';
import { Instant } from '../domain/reference.ts';
import { type Mac, signClaims, verifyClaims } from '../links/signed-claims.ts';

const Digest = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const Person = z.string().check(z.minLength(1), z.maxLength(64));

/** The action that the claims are about. A proof for one action is worth nothing on another. */
const about = { incidentId: IncidentId, actionId: ActionId, digest: Digest };

/** By the gate: how an action was decided. Only these two dispositions ever run. */
const Ruling = z.strictObject({
  ...about,
  disposition: z.enum(['auto', 'approve']),
  policyVersion: z.string(),
  /** SHA-256 of the reasons and of every evaluated rule with its inputs. */
  evaluated: Digest,
  /** SHA-256 of everything that the decision depended on. Rulings of earlier versions lack it. */
  inputs: z.optional(Digest),
  /** SHA-256 of the description that people read before they answer. */
  description: Digest,
  /** SHA-256 of the target's attributes, which identify a person. Rulings of earlier versions lack it. */
  attributes: z.optional(Digest),
  /** Whose approval it needs; null for an automatic action. */
  request: z.nullable(
    z.strictObject({
      requestedAt: Instant,
      expiresAt: Instant,
      required: z.int().check(z.gte(1)),
      roles: z.array(Role),
      moreTimeMinutes: z.int().check(z.gte(0)),
    }),
  ),
  at: Instant,
});
export type Ruling = z.infer<typeof Ruling>;

/** By the web function: one person's vote on one request. */
const Vote = z.strictObject({
  ...about,
  /** When the request was made. A vote on an earlier request doesn't count for a later one. */
  requestedAt: Instant,
  by: Person,
  verdict: z.enum(['approved', 'declined']),
  /** The longest time that this person agreed to; null for an action without an end. */
  durationMinutes: z.nullable(z.int().check(z.gte(1))),
  at: Instant,
});
export type Vote = z.infer<typeof Vote>;

/** By the web function: what a person ordered after the decision. */
const Order = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('keep'), ...about, by: Person, at: Instant }),
  z.strictObject({ kind: z.literal('extend'), ...about, by: Person, at: Instant, dueAt: Instant }),
  z.strictObject({ kind: z.literal('undo'), ...about, by: Person, at: Instant }),
  z.strictObject({
    kind: z.literal('ask-anew'),
    ...about,
    by: Person,
    at: Instant,
    next: ActionId,
  }),
]);
export type Order = z.infer<typeof Order>;

/** By the executor, before it changes anything: what the undo restores, and when. */
const Evidence = z.strictObject({
  ...about,
  effectKey: z.string(),
  /** SHA-256 of the captured before-state. */
  before: Digest,
  /** When the action is undone; null if `keptBy` keeps it. */
  dueAt: z.nullable(Instant),
  /** The person who approved that only a person undoes it, or `policy` for what needs no undo. */
  keptBy: z.nullable(z.string()),
  at: Instant,
});
export type Evidence = z.infer<typeof Evidence>;

/** By the executor: this action holds the effect, although it may have no evidence yet. */
const Hold = z.strictObject({ ...about, effectKey: z.string(), at: Instant });
export type Hold = z.infer<typeof Hold>;

/** By the executor that captured a before-state, for later holders of the same effect. */
const Capture = z.strictObject({
  effectKey: z.string(),
  actionId: ActionId,
  before: Digest,
  at: Instant,
});
export type Capture = z.infer<typeof Capture>;

/** By the gate: the action that has or requests an effect. Later findings with the same effect join that action. */
const EffectClaim = z.strictObject({
  effectKey: z.string(),
  incidentId: IncidentId,
  actionId: ActionId,
  at: Instant,
});
export type EffectClaim = z.infer<typeof EffectClaim>;

/** By intake: an alert that it accepted. */
const AcceptedAlert = z.strictObject({
  incidentId: IncidentId,
  alertId: z.string(),
  /** SHA-256 of the alert. */
  content: Digest,
});
type AcceptedAlert = z.infer<typeof AcceptedAlert>;

/** By the function `resume`, or by an operator: which halts a person ended. */
const Resumed = z.strictObject({ pk: z.string(), sk: z.string(), content: Digest });
type Resumed = z.infer<typeof Resumed>;

type ClaimsOf = {
  ruling: Ruling;
  vote: Vote;
  order: Order;
  evidence: Evidence;
  hold: Hold;
  capture: Capture;
  effect: EffectClaim;
  alert: AcceptedAlert;
  resumption: Resumed;
};
type Kind = keyof ClaimsOf;

const SCHEMAS: { [K in Kind]: z.ZodMiniType<ClaimsOf[K]> } = {
  ruling: Ruling,
  vote: Vote,
  order: Order,
  evidence: Evidence,
  hold: Hold,
  capture: Capture,
  effect: EffectClaim,
  alert: AcceptedAlert,
  resumption: Resumed,
};

/** Each kind is its own MAC domain: proof of one kind is invalid as every other. */
export const proofDomain = (kind: Kind): string => `countermand ${kind} v1`;

export type Signer = Pick<Mac, 'generate'>;
export type Verifier = Pick<Mac, 'verify'>;

/** The proof: claims and MAC as one string, as it is stored in the record. */
export const prove = <K extends Kind>(mac: Signer, kind: K, claims: ClaimsOf[K]): Promise<string> =>
  signClaims(mac, proofDomain(kind), SCHEMAS[kind].parse(claims));

/** The proven claims; null for a missing proof, and for one that the holder of the key did not make. */
export const proven = async <K extends Kind>(
  mac: Verifier,
  kind: K,
  proof: string | null | undefined,
): Promise<ClaimsOf[K] | null> =>
  proof ? verifyClaims(mac, proofDomain(kind), proof, SCHEMAS[kind]) : null;

/** The identity of an action in its proofs. */
export const identityOf = ({
  incidentId,
  actionId,
  digest,
}: {
  incidentId: string;
  actionId: string;
  digest: string;
}) => ({ incidentId, actionId, digest });

/** Whether the claims are about exactly this action. */
export const isAbout = (
  claims: { incidentId: string; actionId: string; digest: string },
  action: { incidentId: string; actionId: string; digest: string },
): boolean =>
  claims.incidentId === action.incidentId &&
  claims.actionId === action.actionId &&
  claims.digest === action.digest;
