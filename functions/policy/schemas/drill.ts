// policies/drill.yaml: the canaries on which mechanisms are drilled.
import * as z from 'zod';
import { EntityKind } from '../../domain/alert.ts';

/** An unused resource of the account, on which mechanisms are drilled. */
export const Canary = z.strictObject({
  /** Ids of mechanisms, such as "waf.block-address". */
  mechanisms: z.array(z.string()).min(1),
  kind: EntityKind,
  value: z.string().min(1).max(2048),
  /** Attributes that an alert would supply, if the mechanism needs any. */
  attributes: z.record(z.string().max(64), z.string().max(1024)).optional(),
  /** Parameters that the mechanism would derive from alert and facts: which interface, which network ACL. */
  parameters: z
    .record(z.string().max(64), z.union([z.string().max(2048), z.array(z.string().max(2048))]))
    .optional(),
});
export type Canary = z.infer<typeof Canary>;
export const DrillFile = z.strictObject({ canaries: z.array(Canary) });
