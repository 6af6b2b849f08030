// policies/effective.yaml: the effective action on targets with a trait.
import * as z from 'zod/mini';
import { ActionName } from '../../domain/action-catalog.ts';

/** Properties of a target that code can establish. */
export const Trait = z.enum(['wider-than-one-host', 'service-account', 'address-of-ours']);
export type Trait = z.infer<typeof Trait>;

/** The effective action on a target with a trait. An unknown trait counts as present. */
export const EffectiveFile = z.strictObject({
  effective: z.array(
    z.strictObject({
      actions: z.array(ActionName).check(z.minLength(1)),
      when: Trait,
      /** Must have at least the tier of every action in `actions`. */
      becomes: ActionName,
      why: z.string().check(z.minLength(10), z.maxLength(300)),
    }),
  ),
});
