// Parses AWS Health events about security risks.
// @see https://docs.aws.amazon.com/health/latest/ug/cloudwatch-events-health.html
import * as z from 'zod/mini';
import { InvalidInput } from '../../domain/errors.ts';
import type { Draft } from '../draft.ts';
import { createCollector } from '../entities.ts';
import {
  list,
  readAs,
  severityFromLabel,
  text,
  unknownTraffic,
  withMonthNumber,
} from '../fields.ts';
import { evidenceIn, type Spec } from '../read-evidence.ts';
import type { Finding } from '../source.ts';

/** Prefix of the codes of the service RISK, for example AWS_RISK_CREDENTIALS_EXPOSED. */
export const RISK = 'AWS_RISK_';

/** AWS Health gives no severity. An observed compromise is critical. A code that is not listed is high. */
const SEVERITIES: Readonly<Record<string, string>> = {
  AWS_RISK_ACCOUNT_CONSOLE_COMPROMISE: 'CRITICAL',
  AWS_RISK_CREDENTIALS_COMPROMISED: 'CRITICAL',
  AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED: 'MEDIUM',
};

const HealthEvent = z.looseObject({
  eventArn: text,
  eventTypeCode: z.string().check(z.minLength(1), z.maxLength(200)),
  affectedAccount: text,
  eventRegion: text,
  startTime: text,
  lastUpdatedTime: text,
  statusCode: text,
  page: text,
  eventDescription: list(z.looseObject({ latestDescription: text })),
  affectedEntities: list(z.looseObject({ entityValue: text })),
});

const EVIDENCE: readonly Spec[] = [
  {
    kind: 'finding',
    at: '',
    values: { status: 'statusCode', service: 'service', category: 'eventTypeCategory' },
    from: 'startTime',
  },
];

/** Throws InvalidInput for events about anything but a security risk. */
export function readHealth({ body, path, envelope }: Finding): Draft {
  const event = readAs(HealthEvent, body, path);
  const { eventTypeCode: code, eventDescription } = event;
  if (!code.startsWith(RISK))
    throw new InvalidInput(
      `${path}.eventTypeCode: "${code}" is an operational event, expected a security risk (${RISK}...)`,
    );
  const collector = createCollector();
  for (const { one, index } of event.affectedEntities)
    collector.add({
      ...entityOf(one.entityValue ?? ''),
      part: 'target',
      attributes: { arn: one.entityValue?.startsWith('arn:') ? one.entityValue : null },
      path: `${path}.affectedEntities[${index}].entityValue`,
    });
  const started = withMonthNumber(event.startTime);
  const updated = withMonthNumber(event.lastUpdatedTime);
  return {
    source: 'health',
    // A further page is a separate alert: as a repeat it would only raise the count.
    findingId: (event.page ?? '1') === '1' ? event.eventArn : `${event.eventArn}#${event.page}`,
    type: `Health:${code}`,
    title: titleOf(code),
    description: eventDescription.map(({ one }) => one.latestDescription ?? '').join('\n'),
    severity: severityFromLabel(SEVERITIES[code] ?? 'HIGH'),
    accounts: [event.affectedAccount, envelope.account],
    // Health also delivers each event to a backup Region, so the envelope's Region may be wrong.
    regions: [event.eventRegion, envelope.region],
    times: { first: started, last: updated ?? started, updated: updated ?? envelope.time },
    count: 1,
    sample: false,
    state: event.statusCode === 'closed' ? 'resolved' : 'active',
    traffic: unknownTraffic,
    collector,
    evidence: evidenceIn(body, EVIDENCE, path),
    about: { eventTypeCode: code },
  };
}

const entityOf = (value: string) => {
  if (/^A(KI|SI)A\w{12,124}$/.test(value)) return { kind: 'access-key', value } as const;
  const user = /^arn:[\w-]*:iam::\d{12}:user\/(?:.*\/)?([\w+=,.@-]{1,64})$/.exec(value)?.[1];
  return user
    ? ({ kind: 'iam-user', value: user } as const)
    : ({ kind: 'resource', value } as const);
};

/** `AWS_RISK_CREDENTIALS_EXPOSED` as `AWS Health: risk credentials exposed`. */
const titleOf = (code: string) =>
  `AWS Health: ${code.replace('AWS_', '').replaceAll('_', ' ').toLowerCase()}`;
