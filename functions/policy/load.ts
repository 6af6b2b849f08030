// Loads, merges and validates policies/ for one account.
import { join } from 'node:path';
import type { ActionName } from '../domain/action-catalog.ts';
import { MECHANISMS } from '../mechanisms/registry.ts';
import { digestOf } from '../store/hash-chain.ts';
import { type Fault, type Path, PolicyError } from './fault.ts';
import { unexplainedFloors } from './floors.ts';
import { type Actions, withChanges, withLimits } from './overlay.ts';
import { Policy } from './policy.ts';
import { AccountFile } from './schemas/account-file.ts';
import {
  type ActionPolicy,
  ActionsFile,
  DEFAULT_APPROVAL_MINUTES,
  reviewAfterDays,
} from './schemas/actions.ts';
import { AnalysisFile } from './schemas/analysis.ts';
import { CalendarFile } from './schemas/calendar.ts';
import { ChannelsFile } from './schemas/channels.ts';
import { type Canary, DrillFile } from './schemas/drill.ts';
import { EffectiveFile } from './schemas/effective.ts';
import { EscalationFile, type Person } from './schemas/escalation.ts';
import { LimitsFile } from './schemas/limits.ts';
import { ProtectedFile } from './schemas/protected.ts';
import { type Read, readPolicy } from './yaml-file.ts';

export { PolicyError } from './fault.ts';

/** The directory shipped with the code. */
export const POLICIES = join(import.meta.dirname, '..', '..', 'policies');

/**
 * The policy of one account. `account` is the name of a file in `accounts/`, without `.yaml`. Throws PolicyError with
 * all faults.
 *
 * @example loadPolicy(POLICIES, 'example').version // '0890f3ea895f'
 */
export function loadPolicy(directory: string, account: string): Policy {
  const faults: Fault[] = [];
  const actions = readPolicy(directory, 'actions.yaml', ActionsFile, faults);
  const drill = readPolicy(directory, 'drill.yaml', DrillFile, faults);
  const effective = readPolicy(directory, 'effective.yaml', EffectiveFile, faults);
  const escalation = readPolicy(directory, 'escalation.yaml', EscalationFile, faults);
  const channels = readPolicy(directory, 'channels.yaml', ChannelsFile, faults);
  const analysis = readPolicy(directory, 'analysis.yaml', AnalysisFile, faults);
  const limits = readPolicy(directory, 'limits.yaml', LimitsFile, faults);
  const calendar = readPolicy(directory, 'calendar.yaml', CalendarFile, faults);
  const protectedTargets = readPolicy(directory, 'protected.yaml', ProtectedFile, faults);
  const overlay = readPolicy(directory, `accounts/${account}.yaml`, AccountFile, faults);
  if (
    !actions ||
    !drill ||
    !effective ||
    !escalation ||
    !channels ||
    !analysis ||
    !limits ||
    !calendar ||
    !protectedTargets ||
    !overlay
  )
    throw new PolicyError(faults);

  const { data } = overlay;
  const merged = {
    account: data.account,
    homeRegion: data.homeRegion ?? null,
    mode: data.mode,
    stage: data.stage,
    actions: withChanges(actions.data.actions, overlay, faults),
    effective: effective.data.effective,
    escalation: data.escalation ?? escalation.data,
    ...replaced(data, { analysis: analysis.data, channels: channels.data }),
    limits: withLimits(limits.data, overlay, faults),
    ...(data.calendar ?? calendar.data),
    protected: [...protectedTargets.data.protected, ...(data.protected ?? [])],
    integrations: data.integrations ?? {},
    signIn: data.signIn ?? null,
    webAcls: data.webAcls ?? [],
    partnerSources: data.partnerSources ?? [],
    canaries: [...drill.data.canaries, ...(data.canaries ?? [])],
  };
  const escalationSource = data.escalation
    ? { read: overlay, at: ['escalation'] }
    : { read: escalation, at: [] };
  faults.push(
    ...unexplainedFloors(actions.data.actions, actions),
    ...withoutReversal(merged.actions, actions),
    ...keptWithoutApprover(merged.actions, actions),
    ...loweredTiers(merged, effective),
    ...lateSteps(merged, escalationSource.read, escalationSource.at),
    ...sharedAddresses(merged, escalationSource.read, escalationSource.at),
    ...signInFaults(merged, escalationSource.read, escalationSource.at),
    ...unknownRecipients(
      merged,
      data.channels ? overlay : channels,
      data.channels ? ['channels'] : [],
    ),
    ...duplicateRuleIds(merged, data.protected ? overlay : protectedTargets),
    ...canaryFaults(drill.data.canaries, drill),
    ...canaryFaults(data.canaries ?? [], overlay),
  );
  if (faults.length > 0) throw new PolicyError(faults);
  return Policy.parse({ ...merged, version: digestOf(merged).slice(0, 12) });
}

/** The account's own file in place of the shared one. */
const replaced = <Files extends object>(
  own: { [Name in keyof Files]?: Files[Name] | undefined },
  shared: Files,
): Files =>
  Object.fromEntries(
    Object.entries(shared).map(([name, file]) => [name, own[name as keyof Files] ?? file]),
  ) as Files;

/** Promise 3: an action that may run needs a mechanism, and with it a registered reversal. */
function withoutReversal(actions: Actions, { fault }: Read<unknown>): Fault[] {
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
function keptWithoutApprover(actions: Actions, { fault }: Read<unknown>): Fault[] {
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
function loweredTiers(
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
function lateSteps(
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
function unknownRecipients(
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
function sharedAddresses(
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
function signInFaults(
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
function duplicateRuleIds(
  { protected: rules }: Pick<Policy, 'protected'>,
  { fault }: Read<unknown>,
) {
  const twice = rules.filter(({ id }, index) => rules.findIndex((rule) => rule.id === id) < index);
  return twice.map(({ id }) => fault(['protected'], `"${id}" is the ID of two rules`));
}

/** A canary of the wrong kind would leave its mechanism without a drill. */
function canaryFaults(canaries: readonly Canary[], { fault }: Read<unknown>): Fault[] {
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
