// Records a repeated delivery of a finding, and what its product says now.
import { createHash } from 'node:crypto';
import type { FindingState } from '../domain/alert.ts';
import { isSevere } from '../domain/alert.ts';
import type { Member } from '../domain/incident.ts';
import type { SeenFinding } from '../store/findings.ts';
import { withEntry } from '../store/hash-chain.ts';
import { layoutOf } from '../store/layout.ts';
import type { IntakeDeps } from './deps.ts';
import type { KnownFinding } from './known-finding.ts';

type Seen = Pick<SeenFinding, 'incidentId' | 'alertId' | 'episode'> & { known: KnownFinding };

/**
 * Counts the repeats and records the finding's state with each of its assessments in the incident. When the finding is
 * closed, starts the end of its open requests. A severe finding keeps them. Idempotent, except for the count.
 */
export async function recordDelivery(
  deps: IntakeDeps,
  identity: string,
  seen: Seen,
  repeats: 0 | 1,
): Promise<void> {
  const { incidentId, alertId, known } = seen;
  // Intake may only write incidents of the current layout. The finding has counted the repeat.
  if (layoutOf(incidentId) !== deps.recordLayout) return;
  await changeAlerts(deps, identity, seen, repeats);
  if (known.state !== 'active' && !isSevere(known.severity))
    await deps.startRespond(`${alertId}-closed`, { incidentId, alertId, closed: true });
}

async function changeAlerts(
  { store: { records }, now }: IntakeDeps,
  identity: string,
  { incidentId, alertId, episode, known: { state } }: Seen,
  repeats: 0 | 1,
): Promise<void> {
  const ids = Array.from({ length: episode }, (_, i) => alertIdOf(identity, i + 1));
  const isOfFinding = (one: { alertId: string }) =>
    one.alertId === alertId || ids.includes(one.alertId);
  const repeatsOf = (one: { alertId: string; repeats: number }) =>
    one.repeats + (one.alertId === alertId ? repeats : 0);
  if (layoutOf(incidentId) === 1) {
    await records.changeIncident(incidentId, (incident) => ({
      ...incident,
      version: incident.version + 1,
      alerts: incident.alerts.map((one) =>
        isOfFinding(one) ? { ...one, repeats: repeatsOf(one), state } : one,
      ),
    }));
    return;
  }
  const { found } = await records.readMembers(incidentId);
  for (const one of found.filter(isOfFinding))
    if (one.state !== state || repeatsOf(one) > one.repeats)
      await records.changeMember(incidentId, one.alertId, (member) => ({
        ...inState(member, state, now()),
        repeats: repeatsOf(member),
      }));
}

const inState = (member: Member, state: FindingState, at: Date): Member =>
  member.state === state
    ? { ...member, version: member.version + 1 }
    : {
        ...withEntry(member, {
          at,
          by: 'intake',
          event: 'finding-state',
          text: `Its product says that the finding is ${state}`,
        }),
        state,
      };

/** The ID of one assessment of the finding; `episode` counts from 1. */
export const alertIdOf = (identity: string, episode: number): string =>
  `al-${shortHash(`${identity}\n${episode}`)}`;

/** 16 base-36 characters, which hold 82 bits. */
function shortHash(text: string): string {
  const digest = createHash('sha256').update(text).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(0, 16);
}
