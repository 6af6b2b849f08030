// Recognises actors that are our own shared infrastructure.
import type { Alert } from '../domain/alert.ts';
import type { Member } from '../domain/incident.ts';
import type { Store } from '../store/store.ts';
import { keyOf } from './correlate.ts';

/** Owners as `enrich` describes them. Traffic of many hosts leaves from their addresses. */
const SHARED = /^(nat gateway|load balancer|network load balancer|gateway load balancer) /;

/**
 * The keys of addresses that belong to a NAT gateway or load balancer of this account. Intake may not read EC2, so the
 * facts about an earlier alert with the key decide. Until `enrich` has read them, the key joins alerts.
 */
export async function sharedAddressKeys(
  { records }: Pick<Store, 'records'>,
  alert: Pick<Alert, 'entities'>,
  tied: ReadonlyMap<string, string | null>,
): Promise<string[]> {
  const addresses = alert.entities.filter(({ kind, part }) => kind === 'ip' && part === 'actor');
  const keys = addresses.map(keyOf).flatMap((key) => {
    const incidentId = tied.get(key);
    return incidentId ? [{ key, incidentId }] : [];
  });
  const shared: string[] = [];
  for (const [incidentId, tiedTo] of Map.groupBy(keys, (one) => one.incidentId)) {
    const { found: members } = await records.readMembers(incidentId);
    for (const { key } of tiedTo)
      if (await isShared({ records }, incidentId, members, key)) shared.push(key);
  }
  return shared;
}

async function isShared(
  { records }: Pick<Store, 'records'>,
  incidentId: string,
  members: readonly Member[],
  key: string,
): Promise<boolean> {
  const alertId = members.find(({ correlationKeys }) => correlationKeys.includes(key))?.alertId;
  if (!alertId) return false;
  const [earlier, facts] = await Promise.all([
    records.readableAlert(incidentId, alertId),
    records.findFacts(incidentId, alertId),
  ]);
  const ref = earlier?.entities.find((one) => keyOf(one) === key)?.ref;
  const owner = facts?.entities.find((one) => one.ref === ref)?.address?.ownedBy;
  return owner?.known === true && SHARED.test(owner.value ?? '');
}
