// Records every drill as passed, for accounts that act on nothing.
import { MECHANISMS } from '../../functions/mechanisms/registry.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import type { Store } from '../../functions/store/store.ts';

/** For accounts that show or measure decisions. The record says that the result is assumed. */
export async function assumeDrilled(
  { account }: Pick<Policy, 'account'>,
  drills: Store['drills'],
  now: Date,
): Promise<void> {
  await Promise.all(
    MECHANISMS.map(({ id, version }) =>
      drills.record({
        mechanism: id,
        version,
        outcome: 'passed',
        at: now.toISOString(),
        account,
        by: 'assumed',
        text: 'Assumed, for an account that acts on nothing',
      }),
    ),
  );
}
