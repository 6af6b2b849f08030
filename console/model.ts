// The data that the console shows, from overview.ts to page.ts.
import type { Action } from '../functions/domain/action.ts';
import type { Incident } from '../functions/domain/incident.ts';
import type { SwitchState } from '../functions/store/switch.ts';
import type { Runtime } from '../local/runtime.ts';

/** One state of the state machine, in the order of the definition. */
export type Step = { name: string; state: 'done' | 'now' | 'ahead' | 'failed' };

export type ShownIncident = {
  incident: Incident;
  /** The states of each alert of the incident, newest first. */
  progress: { alertId: string; steps: Step[] }[];
  actions: Action[];
  /** Links to judge the actions that shadow mode recorded, by action ID. */
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
  /** The current state in words, if the message no longer needs an answer. */
  settled: string | null;
};

export type ShownInForce = {
  action: Action;
  /** Signed in the name of the person who uses this console. */
  reviewUrl: string;
};

export type ShownSample = { id: string; title: string; story: string };

export type Overview = {
  now: Date;
  account: string;
  mode: 'shadow' | 'live';
  analyst: string;
  killSwitch: SwitchState;
  /** Number of open questions. */
  waiting: number;
  /** Newest first. */
  incidents: ShownIncident[];
  inbox: ShownMessage[];
  ipSets: { name: string; addresses: string[] }[];
  identities: { name: string; kind: string; works: boolean }[];
  networkAcls: ReturnType<Runtime['networkAcls']>;
  inForce: ShownInForce[];
  /** Stored items that could not be read, by key. The page shows the others. */
  unreadable: { key: string; why: string }[];
  /** Events that could not be read, newest first. */
  rejected: { at: string; reason: string; body: string }[];
};
