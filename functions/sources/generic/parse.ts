// Parses the strict generic alert (docs/generic-alert.md).
import * as z from 'zod';
import { EntityKind, Instant, SeverityLabel, Traffic } from '../../domain/alert.ts';
import type { Draft } from '../draft.ts';
import { createCollector } from '../entities.ts';
import { readAs, severityFromLabel, unknownTraffic } from '../fields.ts';
import type { Finding } from '../source.ts';

export const GenericAlert = z.strictObject({
  id: z.string().min(1).max(512),
  type: z.string().min(1).max(256),
  title: z.string().max(1024),
  description: z.string().max(4096).default(''),
  severity: SeverityLabel,
  seenAt: Instant,
  traffic: Traffic.optional(),
  entities: z
    .array(
      z.strictObject({
        kind: EntityKind.exclude(['alert']),
        value: z.string().min(1).max(2048),
        part: z.enum(['actor', 'target', 'related']),
        attributes: z.record(z.string().max(64), z.string().max(1024)).default({}),
      }),
    )
    .max(99),
});

/** Throws InvalidInput that names every invalid field. */
export function readGeneric({ body, path, envelope }: Finding): Draft {
  const alert = readAs(GenericAlert, body, path);
  const collector = createCollector();
  for (const [index, entity] of alert.entities.entries())
    collector.add({ ...entity, path: `${path}.entities[${index}].value` });
  return {
    source: 'generic',
    findingId: alert.id,
    type: alert.type,
    title: alert.title,
    description: alert.description,
    severity: severityFromLabel(alert.severity),
    accounts: [envelope.account],
    regions: [envelope.region],
    times: { first: alert.seenAt, last: alert.seenAt, updated: alert.seenAt },
    count: 1,
    sample: false,
    archived: false,
    traffic: alert.traffic ?? unknownTraffic,
    collector,
    about: {},
  };
}
