// policies/drill.yaml: the canaries on which mechanisms are drilled.
import * as z from 'zod/mini';
import { EntityKind } from '../../domain/alert.ts';

/** An unused resource of the account, on which mechanisms are drilled. */
export const Canary = z.strictObject({
  /** IDs of mechanisms, such as "waf.block-address". */
  mechanisms: z.array(z.string()).check(z.minLength(1)),
  kind: EntityKind,
  value: z.string().check(z.minLength(1), z.maxLength(2048)),
  /** Attributes that an alert would supply, if the mechanism needs any. */
  attributes: z.optional(
    z.record(z.string().check(z.maxLength(64)), z.string().check(z.maxLength(1024))),
  ),
  /** Parameters that the mechanism would derive from alert and facts: which interface, which network ACL. */
  parameters: z.optional(
    z.record(
      z.string().check(z.maxLength(64)),
      z.union([z.string().check(z.maxLength(2048)), z.array(z.string().check(z.maxLength(2048)))]),
    ),
  ),
});
export type Canary = z.infer<typeof Canary>;
export const DrillFile = z.strictObject({ canaries: z.array(Canary) });
