// policies/protected.yaml: targets that Countermand never acts on.
import * as z from 'zod';
import { EntityKind } from '../../domain/alert.ts';

export const ProtectedRule = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{3,64}$/),
  why: z.string().min(5).max(300),
  /** Exact identifiers, or patterns in which `*` matches any characters. */
  values: z.array(z.string().min(1).max(2048)).optional(),
  /** An address is protected if it overlaps one of these ranges. */
  cidrs: z.array(z.union([z.cidrv4(), z.cidrv6()])).optional(),
  /**
   * Tags as `key=value`, where `*` matches any characters. Tags are read for IAM users, access keys, roles, instances
   * and functions. A target of another kind that can have tags counts as protected by such a rule.
   */
  tags: z.array(z.string().regex(/^[^=]+=.*$/, 'expected key=value')).optional(),
  kinds: z.array(EntityKind).optional(),
});
export const ProtectedFile = z.strictObject({ protected: z.array(ProtectedRule) });
