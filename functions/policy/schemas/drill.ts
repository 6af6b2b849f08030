// policies/drill.yaml: what mechanisms are drilled on.
import * as z from 'zod';
import { EntityKind } from '../../domain/alert.ts';

/** Something of the account that nobody uses, for mechanisms to be drilled on. */
export const Canary = z.strictObject({
  /** Ids of mechanisms, such as "waf.block-address". */
  mechanisms: z.array(z.string()).min(1),
  kind: EntityKind,
  value: z.string().min(1).max(2048),
  /** What an alert would say of it besides, where the mechanism asks for it. */
  attributes: z.record(z.string().max(64), z.string().max(1024)).optional(),
  /** What the mechanism would have made of alert and facts: which interface, which network ACL. */
  parameters: z
    .record(z.string().max(64), z.union([z.string().max(2048), z.array(z.string().max(2048))]))
    .optional(),
});
export type Canary = z.infer<typeof Canary>;
export const DrillFile = z.strictObject({ canaries: z.array(Canary) });
