// Faults that only several policy files together show.
import type { ActionName } from '../domain/action-catalog.ts';
import { MECHANISMS } from '../mechanisms/registry.ts';
import type { Fault, Path } from './fault.ts';
import type { Actions } from './overlay.ts';
import type { Policy } from './policy.ts';
import { type ActionPolicy, DEFAULT_APPROVAL_MINUTES, reviewAfterDays } from './schemas/actions.ts';
import type { Canary } from './schemas/drill.ts';
import type { Person } from './schemas/escalation.ts';
import type { Read } from './yaml-file.ts';

/** Promise 3: an action that may run needs a mechanism, and with it a registered reversal. */
export function withoutReversal(actions: Actions, { fault }: Read<unknown>): Fault[] {
  const registered = new Set(MECHANISMS.map(({ action }) => action));
  return (Object.entries(actions) as [ActionName, ActionPolicy][])
    .filter(([name, action]) => action.tier !== 3 && action.enabled && !registered.has(name))
    .map(([name]) =>
      fault(
        ['actions', name, 'enabled'],
        'expected false: no mechanism with a reversal is registered for it',
      ),
    );
}

/** Promise 4: an action that doesn't expire must be kept by a named person, so a person has to approve it (tier 2). */
export function keptWithoutApprover(actions: Actions, { fault }: Read<unknown>): Fault[] {
  return (Object.entries(actions) as [ActionName, ActionPolicy][])
    .filter(([, action]) => action.tier === 1 && reviewAfterDays(action) !== null)
    .map(([name]) =>
      fault(
        ['actions', name, 'lifetime', 'undo'],
        'expected reverses-when-due or kept: only a tier-2 action has an approver who can keep it',
      ),
    );
}

/** The action that `effective.yaml` derives must have at least the tier of the recommended action. */
export function loweredTiers(
  { actions, effective }: Pick<Policy, 'actions' | 'effective'>,
  { fault }: Read<unknown>,
): Fault[] {
  return effective.flatMap(({ actions: named, becomes }, index) =>
    named
      .filter((name) => actions[name].tier > actions[becomes].tier)
      .map((name) =>
        fault(
          ['effective', index, 'becomes'],
          `expected an action of at least tier ${actions[name].tier}, the tier of "${name}", found "${becomes}" of tier ${actions[becomes].tier}`,
        ),
      ),
  );
}

/** Every escalation step must start before the shortest approval request expires. */
export function lateSteps(
  { actions, escalation }: Pick<Policy, 'actions' | 'escalation'>,
  { fault }: Read<unknown>,
  at: Path,
): Fault[] {
  const limits = Object.values(actions).flatMap((action) =>
    action.tier === 2 ? [action.approvalTimeoutMinutes] : [],
  );
  const shortest = Math.min(DEFAULT_APPROVAL_MINUTES, ...limits);
  return escalation.ladder.flatMap(({ atMinutes }, index) =>
    atMinutes < shortest
      ? []
      : fault(
          [...at, 'ladder', index, 'atMinutes'],
          `expected less than ${shortest}, the shortest approval time limit, found ${atMinutes}`,
        ),
  );
}

/** Channels of a person who is not in escalation.yaml: one of the two IDs is probably misspelled. */
export function unknownRecipients(
  { escalation, channels }: Pick<Policy, 'escalation' | 'channels'>,
  { fault }: Read<unknown>,
  at: Path,
): Fault[] {
  return Object.keys(channels.people)
    .filter((id) => !(id in escalation.people))
    .map((id) =>
      fault([...at, 'people', id], `"${id}" is not listed under people in escalation.yaml`),
    );
}

/** Links are sent to email addresses: two people with the same address would give one person two votes. */
export function sharedAddresses(
  { escalation }: Pick<Policy, 'escalation'>,
  { fault }: Read<unknown>,
  at: Path,
): Fault[] {
  return withDuplicates(escalation, ({ email }) => email.toLowerCase()).flatMap(
    ({ id, duplicateOf }) =>
      duplicateOf
        ? fault(
            [...at, 'people', id, 'email'],
            `"${duplicateOf}" has the same address: each person has one vote`,
          )
        : [],
  );
}

/** A person without a subject can't sign in, and two people with the same subject would give one person two votes. */
export function signInFaults(
  { escalation, signIn }: Pick<Policy, 'escalation' | 'signIn'>,
  { fault }: Read<unknown>,
  at: Path,
): Fault[] {
  // An email address is required, and sharedAddresses rejects duplicates.
  if (!signIn || signIn.claim === 'email') return [];
  return withDuplicates(escalation, ({ subject }) => subject).flatMap(
    ({ id, name, duplicateOf }) => {
      const path = [...at, 'people', id, 'subject'];
      if (name === undefined)
        return fault(
          path,
          `expected the value of the claim "${signIn.claim}" (signIn) for this person`,
        );
      return duplicateOf
        ? fault(path, `"${duplicateOf}" has the same subject: each person has one vote`)
        : [];
    },
  );
}

/** Each person with a name, and the first earlier person with the same name. */
function withDuplicates<N>({ people }: Policy['escalation'], nameOf: (person: Person) => N) {
  const named = Object.entries(people).map(([id, person]) => ({ id, name: nameOf(person) }));
  return named.map(({ id, name }, index) => ({
    id,
    name,
    duplicateOf: named.slice(0, index).find((other) => other.name === name)?.id,
  }));
}

/** A decision names the rule that protects its target, so rule IDs must be unique. */
export function duplicateRuleIds(
  { protected: rules }: Pick<Policy, 'protected'>,
  { fault }: Read<unknown>,
) {
  const twice = rules.filter(({ id }, index) => rules.findIndex((rule) => rule.id === id) < index);
  return twice.map(({ id }) => fault(['protected'], `"${id}" is the ID of two rules`));
}

/** A canary of the wrong kind would leave its mechanism without a drill. */
export function canaryFaults(canaries: readonly Canary[], { fault }: Read<unknown>): Fault[] {
  return canaries.flatMap(({ mechanisms, kind }, index) =>
    mechanisms.flatMap((id, i) => {
      const at = ['canaries', index, 'mechanisms', i];
      const known = MECHANISMS.find((mechanism) => mechanism.id === id);
      if (!known)
        return fault(
          at,
          `expected one of ${MECHANISMS.map((one) => one.id).join(', ')}, found "${id}"`,
        );
      return known.targetKinds.includes(kind)
        ? []
        : fault(
            at,
            `expected a canary of kind ${known.targetKinds.join(' or ')} for it, found ${kind}`,
          );
    }),
  );
}
