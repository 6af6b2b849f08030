// Derives the effective action from the recommended action and its target.
import type { Reason } from '../domain/action.ts';
import type { ActionName } from '../domain/action-catalog.ts';
import { words } from '../domain/wording.ts';
import type { Policy } from '../policy/policy.ts';
import type { Trait } from '../policy/schemas/effective.ts';
import type { Proposal } from './proposal.ts';
import { TRAITS } from './traits.ts';

export type Effective = { name: ActionName; reason: Reason | null };

/** Completes "it is unknown whether the target is ...". */
const TRAIT_TEXTS: Readonly<Record<Trait, string>> = {
  'wider-than-one-host': 'wider than one host',
  'service-account': 'a service account',
  'address-of-ours': 'an address of this account',
};

/**
 * The effective action by the matching row of `effective.yaml` with the highest tier. A tier-3 action must not hide
 * behind a tier-2 name.
 */
export function effectiveAction(
  asked: ActionName,
  { effective, actions }: Pick<Policy, 'effective' | 'actions'>,
  subject: Pick<Proposal, 'target' | 'entityFacts' | 'here'>,
): Effective {
  const [row] = effective
    .filter((one) => one.actions.includes(asked))
    .map((one) => ({ ...one, trait: TRAITS[one.when](subject) }))
    .filter(({ trait }) => !trait.known || trait.value)
    .sort((a, b) => actions[b.becomes].tier - actions[a.becomes].tier);
  if (!row) return { name: asked, reason: null };
  const { becomes, when, why, trait } = row;
  const text = trait.known
    ? `Policy treats this as “${words(becomes)}”: ${why}`
    : `Policy treats this as “${words(becomes)}”, because it is unknown whether the target is ${TRAIT_TEXTS[when]}: ${trait.why}`;
  return { name: becomes, reason: { code: `counts-as-${becomes.replaceAll('_', '-')}`, text } };
}
