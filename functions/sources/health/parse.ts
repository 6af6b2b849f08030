// An AWS Health event about a security risk as a draft of an alert.
// @see https://docs.aws.amazon.com/health/latest/ug/cloudwatch-events-health.html
import * as z from 'zod';
import { InvalidInput } from '../../domain/errors.ts';
import type { Draft } from '../draft.ts';
import { createCollector } from '../entities.ts';
import { list, readAs, severityFromLabel, text, unknownTraffic } from '../fields.ts';
import type { Finding } from '../source.ts';

/** The codes of the service RISK, for example AWS_RISK_CREDENTIALS_EXPOSED. */
export const RISK = 'AWS_RISK_';

const HealthEvent = z.looseObject({
  eventArn: text,
  eventTypeCode: z.string().min(1).max(200),
  affectedAccount: text,
  eventRegion: text,
  startTime: text,
  lastUpdatedTime: text,
  eventDescription: list(z.looseObject({ latestDescription: text })),
  affectedEntities: list(z.looseObject({ entityValue: text })),
});

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
      path: `${path}.affectedEntities[${index}].entityValue`,
    });
  const started = instantOf(event.startTime);
  return {
    source: 'health',
    findingId: event.eventArn,
    type: `Health:${code}`,
    title: titleOf(code),
    description: eventDescription.map(({ one }) => one.latestDescription ?? '').join('\n'),
    // Health gives no severity. AWS has seen the credential exposed or used by others.
    severity: severityFromLabel('HIGH'),
    accounts: [event.affectedAccount, envelope.account],
    regions: [envelope.region, event.eventRegion],
    times: {
      first: started,
      last: instantOf(event.lastUpdatedTime) ?? started,
      updated: instantOf(event.lastUpdatedTime) ?? envelope.time,
    },
    count: 1,
    sample: false,
    archived: false,
    traffic: unknownTraffic,
    collector,
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

/** Health writes times as RFC 1123, for example `Tue, 24 Nov 2026 02:50:00 GMT`. */
function instantOf(value: string | null | undefined): string | null {
  const time = Date.parse(value ?? '');
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
