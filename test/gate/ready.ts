// Prepares the store for the gate: an alert, its facts and drill results.

import { assumeDrilled } from '../../cli/drill/assumed.ts';
import type { Store } from '../../functions/store/store.ts';
import { ALERT_ID, alertWith, factsWith, INCIDENT_ID, NOW, POLICY } from '../fixtures/case.ts';

export async function readyForGate(store: Store): Promise<void> {
  await store.records.putAlert(INCIDENT_ID, alertWith(), {});
  await store.records.putFacts(INCIDENT_ID, ALERT_ID, factsWith());
  await assumeDrilled(POLICY, store.drills, NOW);
}
