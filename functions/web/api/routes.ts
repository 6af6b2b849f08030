// The routes of the API, for the handler and for the OpenAPI document.
import type * as z from 'zod/mini';
import { Effects, Incident, Incidents, Report } from './schemas.ts';

export type Route = {
  path: string;
  id: string;
  summary: string;
  /** Query parameters: those of the console's list. */
  query: readonly string[];
  answer: z.ZodMiniType;
};

export const ROUTES = {
  incidents: {
    path: '/api/incidents',
    id: 'listIncidents',
    summary: 'Lists incidents, open ones first, 20 at a time.',
    query: ['view', 'q', 'severity', 'type', 'entity', 'time', 'by', 'after', 'older'],
    answer: Incidents,
  },
  incident: {
    path: '/api/incidents/{id}',
    id: 'readIncident',
    summary: 'Reads one incident: alerts, actions with reasons, evidence, timeline and notes.',
    query: [],
    answer: Incident,
  },
  report: {
    path: '/api/incidents/{id}/report',
    id: 'readReport',
    summary: 'Reads the report of one incident, with the commands to act or undo manually.',
    query: [],
    answer: Report,
  },
  effects: {
    path: '/api/effects',
    id: 'listEffects',
    summary: 'Lists the changes that are in force, with the time of their undo.',
    query: [],
    answer: Effects,
  },
} as const satisfies Record<string, Route>;
