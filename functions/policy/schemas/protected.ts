// policies/protected.yaml: targets that Countermand never acts on.
import * as z from 'zod/mini';
import { EntityKind } from '../../domain/alert.ts';
import { EntryId } from './id.ts';

const some = <T extends z.ZodMiniType>(one: T) => z.optional(z.array(one).check(z.minLength(1)));

/** Without one of the three lists, it would protect nothing. */
export const ProtectedRule = z
  .strictObject({
    id: EntryId,
    why: z.string().check(z.minLength(5), z.maxLength(300)),
    /** Exact identifiers, or patterns in which `*` matches any characters. */
    values: some(z.string().check(z.minLength(1), z.maxLength(2048))),
    /** An address is protected if it overlaps one of these ranges. */
    cidrs: some(z.union([z.cidrv4(), z.cidrv6()])),
    /**
     * Tags as `key=value`, where `*` matches any characters. Tags are read for IAM users, access keys, roles, instances
     * and functions. A target of another kind that can have tags counts as protected by such a rule.
     */
    tags: some(z.string().check(z.regex(/^[^=]+=.*$/, 'expected key=value'))),
    /** The rule covers only these. */
    kinds: some(EntityKind),
  })
  .check(
    z.refine(({ values, cidrs, tags }) => (values ?? cidrs ?? tags) !== undefined, {
      error: 'expected values, cidrs or tags; values: ["*"] covers all',
      path: ['values'],
    }),
  );
export const ProtectedFile = z.strictObject({ protected: z.array(ProtectedRule) });
