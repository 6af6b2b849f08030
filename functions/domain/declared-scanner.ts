// A scanner that policy declares at an entity, and how it was recognised.
import * as z from 'zod/mini';

/** Copied from policy when the facts were read. Evidence for people and the model, never input of a rule. */
export const DeclaredScanner = z.strictObject({
  id: z.string().check(z.maxLength(64)),
  owner: z.string().check(z.maxLength(100)),
  why: z.string().check(z.maxLength(300)),
  until: z.iso.date(),
  /** The network, domain or role of policy that the entity belongs to. Absent in earlier records: a network. */
  by: z.optional(
    z.strictObject({
      kind: z.enum(['network', 'domain', 'role']),
      value: z.string().check(z.maxLength(640)),
    }),
  ),
});
export type DeclaredScanner = z.infer<typeof DeclaredScanner>;
