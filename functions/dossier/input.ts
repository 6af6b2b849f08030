// What a dossier is composed of.
import type { Alert } from '../domain/alert.ts';
import type { Fact, Facts } from '../domain/facts.ts';
import type { Incident } from '../domain/incident.ts';

/** What people decided about one of the entities before. */
export type EarlierDecision = {
  ref: string;
  action: string;
  /** `declined`, or `reversed-by-person`. */
  event: string;
  at: string;
  /** Reasons of a closed list. */
  reasons: readonly string[];
  /** Free text of people. Not shown by its words: an attacker may have an account. */
  text: string;
};

export type EarlierIncident = {
  incidentId: string;
  openedAt: string;
  types: string[];
  outcome: Incident['outcome'];
};

export type DossierInput = {
  alert: Alert;
  facts: Facts;
  incident: Pick<Incident, 'openedAt' | 'alerts'>;
  earlier: Fact<EarlierIncident[]>;
  decisions: readonly EarlierDecision[];
  plannedWork: readonly { id: string; why: string }[];
  now: string;
};
