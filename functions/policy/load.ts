// Reads policies/ for one account: parses, merges the overlay, checks, and names every fault by file and line.
import { join } from 'node:path';
import type { ActionName } from '../domain/action-catalog.ts';
import { MECHANISMS } from '../mechanisms/registry.ts';
import { digestOf } from '../store/hash-chain.ts';
import { type Fault, type Path, PolicyError } from './fault.ts';
import { type Actions, withChanges, withLimits } from './overlay.ts';
import { Policy } from './policy.ts';
import { AccountFile } from './schemas/account.ts';
import {
  type ActionPolicy,
  ActionsFile,
  DEFAULT_APPROVAL_MINUTES,
  reviewAfterDays,
} from './schemas/actions.ts';
import { CalendarFile } from './schemas/calendar.ts';
import { ChannelsFile } from './schemas/channels.ts';
import { type Canary, DrillFile } from './schemas/drill.ts';
import { EffectiveFile } from './schemas/effective.ts';
import { EscalationFile, type Person } from './schemas/escalation.ts';
import { LimitsFile } from './schemas/limits.ts';
import { ProtectedFile } from './schemas/protected.ts';
import { type Read, readPolicy } from './yaml-file.ts';

export { PolicyError } from './fault.ts';

/** The directory that is shipped. */
export const POLICIES = join(import.meta.dirname, '..', '..', 'policies');

/**
 * The policy of one account.
 *
 * `account` is the name of a file in `accounts/`, without `.yaml`. Throws PolicyError.
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
    !limits ||
    !calendar ||
    !protectedTargets ||
    !overlay
  )
    throw new PolicyError(faults);

  const { data } = overlay;
  const merged = {
    account: data.account,
    mode: data.mode,
    stage: data.stage,
    actions: withChanges(actions.data.actions, overlay, faults),
    effective: effective.data.effective,
    escalation: data.escalation ?? escalation.data,
    channels: data.channels ?? channels.data,
    limits: withLimits(limits.data, overlay, faults),
    ...(data.calendar ?? calendar.data),
    protected: [...protectedTargets.data.protected, ...(data.protected ?? [])],
    integrations: data.integrations ?? {},
    signIn: data.signIn ?? null,
    webAcls: data.webAcls ?? [],
    partnerSources: data.partnerSources ?? [],
    canaries: [...drill.data.canaries, ...(data.canaries ?? [])],
  };
  const ladder = data.escalation
    ? { read: overlay, at: ['escalation'] }
    : { read: escalation, at: [] };
  faults.push(
    ...withoutReversal(merged.actions, actions),
    ...keptByNobody(merged.actions, actions),
    ...loweredTiers(merged, effective),
    ...lateRungs(merged, ladder.read, ladder.at),
    ...sharedAddresses(merged, ladder.read, ladder.at),
    ...unknownToProvider(merged, ladder.read, ladder.at),
    ...strangers(merged, data.channels ? overlay : channels, data.channels ? ['channels'] : []),
    ...sameNames(merged, data.protected ? overlay : protectedTargets),
    ...uselessCanaries(drill.data.canaries, drill),
    ...uselessCanaries(data.canaries ?? [], overlay),
  );
  if (faults.length > 0) throw new PolicyError(faults);
  return Policy.parse({ ...merged, version: digestOf(merged).slice(0, 12) });
}

/** Promise 3: what may run must have a registered way back, and what is kept says how it is withdrawn. */
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

/** Promise 4: what is not undone by itself is kept by a named person, so that a person has to approve it. */
function keptByNobody(actions: Actions, { fault }: Read<unknown>): Fault[] {
  return (Object.entries(actions) as [ActionName, ActionPolicy][])
    .filter(([, action]) => action.tier === 1 && reviewAfterDays(action) !== null)
    .map(([name]) =>
      fault(
        ['actions', name, 'lifetime', 'undo'],
        'expected reverses-when-due or kept: only an action of tier 2 has a person who keeps it',
      ),
    );
}

/** A derived action can only be stricter than the one that was asked for. */
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
          `expected an action of tier ${actions[name].tier} or higher, as "${name}" is, found "${becomes}" of tier ${actions[becomes].tier}`,
        ),
      ),
  );
}

/** Whoever is asked must have time to answer before the shortest request ends. */
function lateRungs(
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
          `expected less than ${shortest}, the shortest time limit of a request, found ${atMinutes}`,
        ),
  );
}

/** An address of somebody whom nobody asks is a slip in one of the two ids. */
function strangers(
  { escalation, channels }: Pick<Policy, 'escalation' | 'channels'>,
  { fault }: Read<unknown>,
  at: Path,
): Fault[] {
  return Object.keys(channels.people)
    .filter((id) => !(id in escalation.people))
    .map((id) =>
      fault([...at, 'people', id], `"${id}" is not one of the people of escalation.yaml`),
    );
}

/** Links go to addresses: two people with one of them would be one person with two votes. */
function sharedAddresses(
  { escalation }: Pick<Policy, 'escalation'>,
  { fault }: Read<unknown>,
  at: Path,
): Fault[] {
  return withTwins(escalation, ({ email }) => email.toLowerCase()).flatMap(({ id, twin }) =>
    twin
      ? fault([...at, 'people', id, 'email'], `"${twin}" has the same, and one person has one vote`)
      : [],
  );
}

/** Who cannot sign in cannot decide; two who sign in as one would have one person's vote twice. */
function unknownToProvider(
  { escalation, signIn }: Pick<Policy, 'escalation' | 'signIn'>,
  { fault }: Read<unknown>,
  at: Path,
): Fault[] {
  // By e-mail, everybody is known, and nobody twice: sharedAddresses.
  if (!signIn || signIn.claim === 'email') return [];
  return withTwins(escalation, ({ subject }) => subject).flatMap(({ id, name, twin }) => {
    const path = [...at, 'people', id, 'subject'];
    if (name === undefined)
      return fault(path, `expected what the claim "${signIn.claim}" of signIn says of this person`);
    return twin ? fault(path, `"${twin}" has the same, and would sign in as both`) : [];
  });
}

/** Each person under a name, and the first one before who has the same. */
function withTwins<N>({ people }: Policy['escalation'], nameOf: (person: Person) => N) {
  const named = Object.entries(people).map(([id, person]) => ({ id, name: nameOf(person) }));
  return named.map(({ id, name }, index) => ({
    id,
    name,
    twin: named.slice(0, index).find((other) => other.name === name)?.id,
  }));
}

/** A decision names the rule that protects its target; two of one name would leave open which. */
function sameNames({ protected: rules }: Pick<Policy, 'protected'>, { fault }: Read<unknown>) {
  const twice = rules.filter(({ id }, index) => rules.findIndex((rule) => rule.id === id) < index);
  return twice.map(({ id }) => fault(['protected'], `"${id}" is the name of two rules`));
}

/** A canary that no mechanism can be drilled on would leave its mechanism undrilled, and nobody would see why. */
function uselessCanaries(canaries: readonly Canary[], { fault }: Read<unknown>): Fault[] {
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
