// Evidence of an alert: what the event says beyond its entities, by kind.
import * as z from 'zod/mini';
import { EntityRef, Instant } from './reference.ts';

export const EvidenceKind = z.enum([
  'api-call',
  'kubernetes-call',
  'connection',
  'port-probe',
  'dns-request',
  'login',
  'anomaly', // what differs from the usual behaviour, and what is usual
  'signal', // one part of an attack sequence
  'indicator',
  'session',
  'process',
  'runtime',
  'threat',
  'malware',
  'resource', // state of an affected resource
  'control', // a check of configuration
  'vulnerability',
  'finding', // what the product says about the finding
]);
export type EvidenceKind = z.infer<typeof EvidenceKind>;

/** Names are chosen by Countermand or are fields of the product. */
const Values = z.record(z.string().check(z.maxLength(64)), z.string().check(z.maxLength(1024)));

export const Evidence = z.strictObject({
  kind: EvidenceKind,
  /** Values that AWS or the product determines. */
  values: Values,
  /** Values whose text an attacker, a caller or the author of a resource can choose. */
  untrusted: Values,
  /** The entities that it is about, where the event says so. */
  refs: z.array(EntityRef).check(z.maxLength(20)),
  /** When it happened, first and last. Null if the event gives no time of its own for it. */
  from: z.nullable(Instant),
  until: z.nullable(Instant),
  /** JSONPath in the event. */
  foundAt: z.string().check(z.maxLength(512)),
});
export type Evidence = z.infer<typeof Evidence>;
