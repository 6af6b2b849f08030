// Derives the answers of the API from what the console reads.
import type * as z from 'zod/mini';
import { type Action, APPLIED } from '../../domain/action.ts';
import { stateOf } from '../../domain/summary.ts';
import { harmless } from '../../domain/wording.ts';
import { doneOf, headlineOf } from '../../messaging/texts/action-line.ts';
import type { Point } from '../../messaging/texts/looked-up.ts';
import { keysOf, type Readable } from '../../store/read-all.ts';
import { evidenceOf } from '../console/evidence.ts';
import type { IncidentView } from '../console/incident-view.ts';
import { listed } from '../console/list/filter.ts';
import type { ListQuery } from '../console/list/query.ts';
import type { Read } from '../console/list/read.ts';
import { titleOf } from '../console/pages/incident.ts';
import { reportOf } from '../console/report.ts';
import { nextSentence, soFarSentence } from '../console/sentences.ts';
import { storyOf } from '../console/story.ts';
import type { Effects, Incident, Incidents, Report } from './schemas.ts';

/** Invisible characters reach a model, and people who approve its tools don't see them. */
const marked = (untrusted: string) => ({ untrusted: harmless(untrusted) });

const targetOf = ({ target }: Action) =>
  target && { kind: target.kind, value: marked(target.value) };

export function incidentsIn(read: Read, query: ListQuery, now: Date): z.infer<typeof Incidents> {
  const { open, closed, total, from, pages } = listed(read.summaries, query, now);
  const shown = [...open, ...closed];
  const isLast = from + shown.length >= total;
  return {
    incidents: shown.map((one) => ({
      incidentId: one.incidentId,
      account: one.account,
      region: one.region,
      openedAt: one.openedAt,
      updatedAt: one.updatedAt,
      title: marked(one.title),
      severity: one.severity,
      state: stateOf(one, now),
      outcome: one.outcome,
      alerts: one.alerts,
      types: one.types.map(marked),
      entities: one.entities.map(({ kind, value }) => ({ kind, value: marked(value) })),
      requests: one.requests.map(({ actionId, order, expiresAt }) => ({
        ...{ actionId, order: marked(order), expiresAt },
      })),
    })),
    total,
    after: isLast ? null : (shown.at(-1)?.incidentId ?? null),
    older: isLast && pages.length > 0 ? read.more : null,
    unreadable: read.unreadable,
  };
}

export function incidentIn(view: IncidentView): z.infer<typeof Incident> {
  const { incident, actions, notes, unreadable } = view;
  const { supports, contradicts, unknown } = evidenceOf(view);
  const points = (all: readonly Point[]) =>
    all.map(({ text, from }) => ({ text: marked(text), from: marked(from) }));
  return {
    incidentId: incident.incidentId,
    account: incident.account,
    region: incident.region,
    status: incident.status,
    openedAt: incident.openedAt,
    outcome: incident.outcome,
    title: marked(titleOf(view)),
    soFar: marked(soFarSentence(view)),
    next: marked(nextSentence(view)),
    alerts: incident.alerts.map(({ alertId, type, title, severity, receivedAt, outcome }) => ({
      ...{ alertId, type: marked(type), title: marked(title), severity, receivedAt, outcome },
    })),
    actions: actions.map((one) => ({
      actionId: one.actionId,
      alertId: one.alertId,
      name: one.name,
      headline: marked(headlineOf(one)),
      target: targetOf(one),
      status: one.status,
      disposition: one.disposition,
      reasons: one.reasons.map(({ code, text }) => ({ code, text: marked(text) })),
      dueAt: one.dueAt,
      policyVersion: one.policyVersion,
      digest: one.digest,
      lastHash: one.history.at(-1)?.hash ?? null,
    })),
    evidence: {
      supports: points(supports),
      contradicts: points(contradicts),
      unknown: points(unknown),
    },
    timeline: storyOf(view).moments.map(({ at, lane, says }) => ({ at, lane, says: marked(says) })),
    notes: notes.map(({ at, by, text }) => ({ at, by, text: marked(text) })),
    unreadable,
  };
}

export const effectsIn = ({ found, unreadable }: Readable<Action>): z.infer<typeof Effects> => ({
  effects: found
    .filter(({ status }) => APPLIED.includes(status))
    .map((one) => ({
      incidentId: one.incidentId,
      actionId: one.actionId,
      account: one.account,
      region: one.region,
      change: marked(doneOf(one)),
      target: targetOf(one),
      status: one.status,
      appliedAt: one.appliedAt,
      dueAt: one.dueAt,
    })),
  unreadable: keysOf(unreadable),
});

export function reportIn(view: IncidentView): z.infer<typeof Report> {
  const { title, sections } = reportOf(view);
  return {
    incidentId: view.incident.incidentId,
    title: marked(title),
    sections: sections.map(({ heading, lines, code = [] }) => ({
      heading,
      lines: lines.map(marked),
      commands: code.map((one) => ({ title: marked(one.title), lines: one.lines.map(marked) })),
    })),
  };
}
