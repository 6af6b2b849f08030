// A dossier about an event, with facts that say nothing.
import { Alert } from '../../functions/domain/alert.ts';
import { dossierOf } from '../../functions/dossier/dossier.ts';
import type { DossierInput } from '../../functions/dossier/input.ts';
import type { Dossier } from '../../functions/dossier/parts.ts';
import { ALERT_ID, factsAbout, factsWith, NOW, POLICY } from '../fixtures/case.ts';
import { alertOf } from '../intake/events.ts';

export const alertFrom = (event: unknown): Alert =>
  Alert.parse({ ...alertOf(event), alertId: ALERT_ID, generation: 1 });

export const NONCE = '7f3a2c91';

export const dossierFrom = (event: unknown, change: Partial<DossierInput> = {}): string =>
  citedFrom(event, change).text;

export function citedFrom(event: unknown, change: Partial<DossierInput> = {}): Dossier {
  const alert = alertFrom(event);
  const { dossierTokens: budgets, tags } = POLICY.analysis;
  return dossierOf(
    {
      alert,
      facts: factsWith(
        ...alert.entities.map(({ ref, kind }) => ({
          ...factsAbout(ref),
          ...(kind !== 'ip' && { address: null }),
        })),
      ),
      incident: { openedAt: NOW.toISOString(), alerts: [] },
      earlier: { known: true, value: [] },
      decisions: [],
      plannedWork: [],
      now: NOW.toISOString(),
      ...change,
    },
    { nonce: NONCE, budgets, tags },
  );
}
