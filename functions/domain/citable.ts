// The lines of a dossier that an analysis may cite.
import * as z from 'zod/mini';
import { EvidenceKind } from './evidence.ts';
import { EntityRef } from './reference.ts';

export const CitableKind = z.enum([
  ...EvidenceKind.options,
  'activity', // what CloudTrail lists about an identity
  'change', // done to a resource: write calls in CloudTrail, records of AWS Config
  'flow', // connections in flow logs that an entity of the line began
  'traffic', // counts of flow logs that show no one's act
  'host-name', // what DNS lists about an address
  'facts', // the line of an entity
  'context', // calendar, planned work, earlier decisions and incidents
]);
export type CitableKind = z.infer<typeof CitableKind>;

export const MAX_CITED_TEXT = 500;

export const Citable = z.strictObject({
  /**
   * `E2` for a line of evidence, `R1` for one of the context, `A1` for an answer; for facts, the entity's reference.
   */
  id: z.string().check(z.maxLength(64)),
  /** The product or the look-up that it comes from. */
  source: z.string().check(z.maxLength(32)),
  kind: CitableKind,
  /** The entities that it is about; empty if it is about the whole alert. */
  refs: z.array(EntityRef).check(z.maxLength(20)),
  /** Whether an attacker can choose all of its values. */
  isUntrusted: z.boolean(),
  /** Whether it speaks against an attack. Absent for no, and in records of earlier versions. */
  isReassuring: z.optional(z.boolean()),
  /** The line as the analysis read it, truncated. */
  text: z.string().check(z.maxLength(MAX_CITED_TEXT)),
});
export type Citable = z.infer<typeof Citable>;

/** More than the budgets of a dossier allow. */
export const MAX_CITABLE = 200;

/** Kinds that describe a state or another product's opinion, and no activity. */
const STATES: readonly CitableKind[] = [
  'threat',
  'resource',
  'control',
  'vulnerability',
  'finding',
  'session', // that it exists
  'change', // done to the entity, not by it
  'traffic',
  'host-name',
  'facts',
  'context',
];

/** Whether the line describes an activity. */
export const isObservation = ({ kind }: Citable): boolean => !STATES.includes(kind);
