// What the console shows, as plain data: assembled by overview.ts, rendered by page.ts.
import type { Action } from '../functions/domain/action.ts';
import type { Incident } from '../functions/domain/incident.ts';
import type { SwitchState } from '../functions/store/switch.ts';
import type { Runtime } from '../local/runtime.ts';

/** One state of the state machine on an alert's way, in the order of the definition. */
export type Step = { name: string; state: 'done' | 'now' | 'ahead' | 'failed' };

export type ShownIncident = {
  incident: Incident;
  /** One way per alert of the incident, newest first. */
  ways: { alertId: string; steps: Step[] }[];
  actions: Action[];
  /** Where each observed action is judged, by its id. */
  judgeUrls: Readonly<Record<string, string>>;
  verdict: string | null;
};

export type ShownMessage = {
  id: string;
  to: string;
  at: string;
  subject: string;
  paragraphs: string[];
  facts: { label: string; value: string }[];
  steps: { title: string; lines: string[] }[];
  links: { label: string; url: string }[];
  /** What has become of the action since, where the message asks for nothing any more. */
  settled: Action['status'] | null;
};

export type ShownInForce = {
  action: Action;
  /** Signed in the name of the person whose desk this is. */
  reviewUrl: string;
};

export type ShownSample = { id: string; title: string; story: string };

export type Overview = {
  now: Date;
  account: string;
  mode: 'shadow' | 'live';
  analyst: string;
  killSwitch: SwitchState;
  /** Questions that nobody has answered yet. */
  waiting: number;
  /** Newest first. */
  incidents: ShownIncident[];
  inbox: ShownMessage[];
  ipSets: { name: string; addresses: string[] }[];
  identities: { name: string; kind: string; works: boolean }[];
  networkAcls: ReturnType<Runtime['networkAcls']>;
  inForce: ShownInForce[];
  /** Stored items that could not be read, by key: what is shown is without them. */
  unreadable: { key: string; why: string }[];
  /** Events that could not be read, newest first. */
  refused: { at: string; reason: string; body: string }[];
};
