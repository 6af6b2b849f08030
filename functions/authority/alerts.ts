// Proves that intake accepted an alert.
import type { Alert } from '../domain/alert.ts';
import { digestOf } from '../store/hash-chain.ts';
import { prove, proven, type Signer, type Verifier } from './claims.ts';

/** The alert with the proof of its content and its incident. Only intake calls this. */
export async function withAlertProof(
  mac: Signer,
  incidentId: string,
  alert: Alert,
): Promise<Alert> {
  const { alertId } = alert;
  const claims = { incidentId, alertId, content: contentOf(alert) };
  return { ...alert, proof: await prove(mac, 'alert', claims) };
}

/** Whether intake accepted exactly this alert in this incident. */
export async function isAlertProven(
  mac: Verifier,
  incidentId: string,
  alert: Alert,
): Promise<boolean> {
  const claims = await proven(mac, 'alert', alert.proof);
  return (
    claims?.incidentId === incidentId &&
    claims.alertId === alert.alertId &&
    claims.content === contentOf(alert)
  );
}

const contentOf = ({ proof: _, ...content }: Alert): string => digestOf(content);
