// Parses the strict generic alert (docs/generic-alert.md).
import * as z from 'zod/mini';
import { NamedKind, SeverityLabel, Traffic } from '../../domain/alert.ts';
import { UNKNOWN } from '../../domain/place.ts';
import { Instant } from '../../domain/reference.ts';
import type { Draft } from '../draft.ts';
import { createCollector } from '../entities.ts';
import { placeInArn } from '../entity-place.ts';
import { readAs, severityFromLabel, unknownTraffic } from '../fields.ts';
import type { Finding } from '../source.ts';

export const GenericAlert = z.strictObject({
  id: z.string().check(z.minLength(1), z.maxLength(512)),
  type: z.string().check(z.minLength(1), z.maxLength(256)),
  title: z.string().check(z.maxLength(1024)),
  description: z._default(z.string().check(z.maxLength(4096)), ''),
  severity: SeverityLabel,
  seenAt: Instant,
  traffic: z.optional(Traffic),
  entities: z
    .array(
      z.strictObject({
        kind: NamedKind,
        value: z.string().check(z.minLength(1), z.maxLength(2048)),
        part: z.enum(['actor', 'target', 'related']),
        attributes: z._default(
          z.record(z.string().check(z.maxLength(64)), z.string().check(z.maxLength(1024))),
          {},
        ),
      }),
    )
    .check(z.maxLength(99)),
});

/** Throws InvalidInput that names every invalid field. */
export function readGeneric({ body, path, envelope }: Finding): Draft {
  const alert = readAs(GenericAlert, body, path);
  const collector = createCollector();
  for (const [index, entity] of alert.entities.entries())
    collector.add({
      ...entity,
      path: `${path}.entities[${index}].value`,
      place: {
        account: accountOf(entity, envelope.account),
        region: entity.attributes.region,
      },
    });
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
    state: 'active',
    traffic: alert.traffic ?? unknownTraffic,
    collector,
    evidence: [],
    about: {},
  };
}

/**
 * EventBridge writes the account of the envelope, the sender writes everything else. If they differ, the account is
 * unknown: a sender must not make the resources of another account a target.
 */
function accountOf(
  { value, attributes }: { value: string; attributes: Readonly<Record<string, string>> },
  account: string | undefined,
): string | undefined {
  const inArns = [value, attributes.arn, attributes.userArn, attributes.userName].map(
    (text) => placeInArn(text)?.account,
  );
  const named = [...inArns, attributes.account, attributes.accountId].filter(Boolean);
  return named.every((one) => one === account) ? undefined : UNKNOWN;
}
