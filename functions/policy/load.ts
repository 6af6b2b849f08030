// Loads, merges and validates policies/ for one account.
import { join } from 'node:path';
import { digestOf } from '../store/hash-chain.ts';
import {
  canaryFaults,
  duplicateRuleIds,
  keptWithoutApprover,
  lateSteps,
  loweredTiers,
  sharedAddresses,
  signInFaults,
  unknownRecipients,
  withoutReversal,
} from './cross-checks.ts';
import { type Fault, type Path, PolicyError } from './fault.ts';
import { unexplainedFloors } from './floors.ts';
import { withChanges, withLimits } from './overlay.ts';
import { Policy } from './policy.ts';
import { scannerFaults } from './scanner-faults.ts';
import { AccountFile, type AccountOverlay } from './schemas/account-file.ts';
import { ActionsFile } from './schemas/actions.ts';
import { AnalysisFile } from './schemas/analysis.ts';
import { CalendarFile } from './schemas/calendar.ts';
import { ChannelsFile } from './schemas/channels.ts';
import { DrillFile } from './schemas/drill.ts';
import { EffectiveFile } from './schemas/effective.ts';
import { EscalationFile } from './schemas/escalation.ts';
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
    flowLogGroups: data.flowLogGroups ?? [],
    configHistory: data.configHistory,
    partnerSources: data.partnerSources ?? [],
    canaries: [...drill.data.canaries, ...(data.canaries ?? [])],
  };
  const escalationSource = sourceOf('escalation', overlay, escalation);
  const channelsSource = sourceOf('channels', overlay, channels);
  const calendarSource = sourceOf('calendar', overlay, calendar);
  faults.push(
    ...unexplainedFloors(actions.data.actions, actions),
    ...withoutReversal(merged.actions, actions),
    ...keptWithoutApprover(merged.actions, actions),
    ...loweredTiers(merged, effective),
    ...lateSteps(merged, escalationSource.read, escalationSource.at),
    ...sharedAddresses(merged, escalationSource.read, escalationSource.at),
    ...signInFaults(merged, escalationSource.read, escalationSource.at),
    ...unknownRecipients(merged, channelsSource.read, channelsSource.at),
    ...scannerFaults(merged, calendarSource.read, calendarSource.at),
    ...duplicateRuleIds(merged, data.protected ? overlay : protectedTargets),
    ...canaryFaults(drill.data.canaries, drill),
    ...canaryFaults(data.canaries ?? [], overlay),
  );
  if (faults.length > 0) throw new PolicyError(faults);
  return Policy.parse({ ...merged, version: digestOf(merged).slice(0, 12) });
}

/** Where the author wrote a part: in the account's own file, or in the shared one. */
const sourceOf = (
  name: 'escalation' | 'channels' | 'calendar',
  overlay: Read<AccountOverlay>,
  shared: Read<unknown>,
): { read: Read<unknown>; at: Path } =>
  overlay.data[name] ? { read: overlay, at: [name] } : { read: shared, at: [] };

/** The account's own file in place of the shared one. */
const replaced = <Files extends object>(
  own: { [Name in keyof Files]?: Files[Name] | undefined },
  shared: Files,
): Files =>
  Object.fromEntries(
    Object.entries(shared).map(([name, file]) => [name, own[name as keyof Files] ?? file]),
  ) as Files;
