// The action that counts. The name in a recommendation is what was asked for; what it would do follows from its target,
// so that an act of a higher tier cannot hide behind the name of a lower one.
import type { Reason } from '../domain/action.ts';
import type { ActionName } from '../domain/action-catalog.ts';
import type { Policy } from '../policy/policy.ts';
import type { Proposal } from './proposal.ts';
import { TRAITS } from './traits.ts';

export type Effective = { name: ActionName; reason: Reason | null };

/** By the first row of policy's table that fits, of those that lead highest. */
export function effectiveAction(
  asked: ActionName,
  { effective, actions }: Pick<Policy, 'effective' | 'actions'>,
  subject: Pick<Proposal, 'target' | 'entityFacts'>,
): Effective {
  const [row] = effective
    .filter((one) => one.actions.includes(asked))
    .map((one) => ({ ...one, trait: TRAITS[one.when](subject) }))
    .filter(({ trait }) => !trait.known || trait.value)
    .sort((a, b) => actions[b.becomes].tier - actions[a.becomes].tier);
  if (!row) return { name: asked, reason: null };
  const { becomes, when, why, trait } = row;
  const text = trait.known
    ? `It counts as ${becomes}: ${why}`
    : `It counts as ${becomes}, because it is unknown whether the target is ${when.replaceAll('-', ' ')}: ${trait.why}`;
  return { name: becomes, reason: { code: `counts-as-${becomes.replaceAll('_', '-')}`, text } };
}
