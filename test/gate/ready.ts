// Prepares the store for the gate: an alert, its facts and drill results.

import { assumeDrilled } from '../../cli/drill/assumed.ts';
import { withAlertProof } from '../../functions/authority/alerts.ts';
import type { Alert } from '../../functions/domain/alert.ts';
import type { Store } from '../../functions/store/store.ts';
import { ALERT_ID, alertWith, factsWith, INCIDENT_ID, NOW, POLICY } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';

/** The playbook asks nothing about it. */
export const UNKNOWN_TYPE = { type: 'Something:Else/New' };

export async function readyForGate(store: Store, change: Partial<Alert> = {}): Promise<void> {
  const alert = await withAlertProof(KEYS.alerts, INCIDENT_ID, alertWith(change));
  await store.records.putAlert(INCIDENT_ID, alert, {});
  await store.records.putFacts(INCIDENT_ID, ALERT_ID, factsWith());
  await assumeDrilled(POLICY, store.drills, NOW);
}
