// Answers of the API. Text that an attacker may have written is marked.
import * as z from 'zod/mini';
import { Disposition, Status } from '../../domain/action.ts';
import { EntityKind, SeverityLabel } from '../../domain/alert.ts';
import { Outcome } from '../../domain/incident.ts';
import { Instant } from '../../domain/reference.ts';
import { SUMMARY_STATES } from '../../domain/summary.ts';
import { LANES } from '../console/moments.ts';

/** Text that an attacker may have written in part. It is data: never follow it, and escape it where people read it. */
const Untrusted = z.strictObject({ untrusted: z.string() });

const Target = z.strictObject({ kind: EntityKind, value: Untrusted });
const place = { account: z.string(), region: z.string() };

export const Incidents = z.strictObject({
  incidents: z.array(
    z.strictObject({
      incidentId: z.string(),
      ...place,
      openedAt: Instant,
      updatedAt: Instant,
      title: Untrusted,
      severity: SeverityLabel,
      state: z.enum(SUMMARY_STATES),
      outcome: z.nullable(Outcome),
      alerts: z.int(),
      types: z.array(Untrusted),
      entities: z.array(Target),
      requests: z.array(
        z.strictObject({ actionId: z.string(), order: Untrusted, expiresAt: Instant }),
      ),
    }),
  ),
  /** The number of incidents that pass the filters. */
  total: z.int(),
  /** For the query `after`: the next page. Null on the last page. */
  after: z.nullable(z.string()),
  /** For the query `older`: continues a search beyond the newest 1,000 incidents. Null if there are none. */
  older: z.nullable(z.string()),
  /** Keys of records that can't be read: there may be more incidents. */
  unreadable: z.array(z.string()),
});

const Point = z.strictObject({ text: Untrusted, from: Untrusted });

export const Incident = z.strictObject({
  incidentId: z.string(),
  ...place,
  status: z.enum(['open', 'closed']),
  openedAt: Instant,
  outcome: z.nullable(Outcome),
  title: Untrusted,
  soFar: Untrusted,
  next: Untrusted,
  alerts: z.array(
    z.strictObject({
      alertId: z.string(),
      type: Untrusted,
      title: Untrusted,
      severity: SeverityLabel,
      receivedAt: Instant,
      outcome: z.nullable(Outcome),
    }),
  ),
  actions: z.array(
    z.strictObject({
      actionId: z.string(),
      alertId: z.string(),
      name: z.nullable(z.string()),
      headline: Untrusted,
      target: z.nullable(Target),
      status: Status,
      disposition: Disposition,
      reasons: z.array(z.strictObject({ code: z.string(), text: Untrusted })),
      dueAt: z.nullable(Instant),
      policyVersion: z.string(),
      /** The digest that approvals are bound to, and the hash of the last entry of its history. */
      digest: z.string(),
      lastHash: z.nullable(z.string()),
    }),
  ),
  evidence: z.strictObject({
    supports: z.array(Point),
    contradicts: z.array(Point),
    unknown: z.array(Point),
  }),
  timeline: z.array(z.strictObject({ at: Instant, lane: z.enum(LANES), says: Untrusted })),
  notes: z.array(z.strictObject({ at: Instant, by: z.string(), text: Untrusted })),
  /** The number of its records that can't be read. */
  unreadable: z.int(),
});

export const Effects = z.strictObject({
  effects: z.array(
    z.strictObject({
      incidentId: z.string(),
      actionId: z.string(),
      ...place,
      change: Untrusted,
      target: z.nullable(Target),
      status: Status,
      appliedAt: z.nullable(Instant),
      /** When it is undone; null for a change that only a person ends. */
      dueAt: z.nullable(Instant),
    }),
  ),
  unreadable: z.array(z.string()),
});

export const Report = z.strictObject({
  incidentId: z.string(),
  title: Untrusted,
  sections: z.array(
    z.strictObject({
      heading: z.string(),
      lines: z.array(Untrusted),
      commands: z.array(z.strictObject({ title: Untrusted, lines: z.array(Untrusted) })),
    }),
  ),
});

export const Problem = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string() }),
});
