// policies/protected.yaml: what is never touched.
import * as z from 'zod';
import { EntityKind } from '../../domain/alert.ts';

export const ProtectedRule = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{3,64}$/),
  why: z.string().min(5).max(300),
  /** Exactly these identifiers, or with `*` standing for any characters. */
  values: z.array(z.string().min(1).max(2048)).optional(),
  /** An address is protected if it touches one of these ranges. */
  cidrs: z.array(z.union([z.cidrv4(), z.cidrv6()])).optional(),
  /**
   * Tags as `key=value`, with `*` standing for any characters. They are read of IAM users, keys, roles, instances and functions;
   * anything else that may have tags counts as protected by such a rule of its kind.
   */
  tags: z.array(z.string().regex(/^[^=]+=.*$/, 'expected key=value')).optional(),
  kinds: z.array(EntityKind).optional(),
});
export const ProtectedFile = z.strictObject({ protected: z.array(ProtectedRule) });
