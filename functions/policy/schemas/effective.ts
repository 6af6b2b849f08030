// policies/effective.yaml: what an action amounts to on some targets.
import * as z from 'zod';
import { ActionName } from '../../domain/action-catalog.ts';

/** What code can establish about a target. */
export const Trait = z.enum(['wider-than-one-host', 'service-account', 'address-of-ours']);
export type Trait = z.infer<typeof Trait>;

/** What an action amounts to on a target with a trait. An unknown trait counts as there. */
export const EffectiveFile = z.strictObject({
  effective: z.array(
    z.strictObject({
      actions: z.array(ActionName).min(1),
      when: Trait,
      /** Of a tier at least as high as that of every action named. */
      becomes: ActionName,
      why: z.string().min(10).max(300),
    }),
  ),
});
