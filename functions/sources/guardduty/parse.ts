// Parses a GuardDuty finding in either casing. Any field may be missing.
// @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html
import * as z from 'zod/mini';
import type { Draft } from '../draft.ts';
import { createCollector } from '../entities.ts';
import { opt, readAs, severityFromLabel, severityOf, text, unknownTraffic } from '../fields.ts';
import type { Finding } from '../source.ts';
import { remoteCaller } from './caller.ts';
import { type At, camelKeys, originalPath } from './casing.ts';
import { addResources, Resource } from './resources.ts';
import { isSampleTitle, readService, Service } from './service.ts';

const GuardDutyFinding = z.looseObject({
  id: text,
  type: z.string().check(z.minLength(1)),
  title: text,
  description: text,
  severity: opt(z.union([z.number(), z.string()])),
  accountId: text,
  arn: text,
  region: text,
  createdAt: text,
  updatedAt: text,
  resource: opt(Resource),
  service: opt(Service),
});

/** Throws InvalidInput if the finding has no type, the only field that every decision needs. */
export function readGuardDuty({ body, path, envelope }: Finding): Draft {
  const { service, resource, ...finding } = readAs(GuardDutyFinding, camelKeys(body), path);
  const at: At = (...steps) => originalPath(path, body, steps);
  const collector = createCollector();
  const action = service?.action;
  const call = action?.awsApiCallAction;
  const block = service && readService(collector, service, (...steps) => at('service', ...steps));
  if (resource)
    addResources(collector, resource, at, {
      isApiCall: isApiCall(action),
      caller: remoteCaller({
        accountId: call?.remoteAccountDetails?.accountId,
        affiliated: call?.remoteAccountDetails?.affiliated,
        callerType: call?.callerType,
        userType: resource.accessKeyDetails?.userType,
      }),
    });
  if (!block?.traffic && !service?.detection?.sequence)
    collector.note('The finding describes no action');

  return {
    source: 'guardduty',
    findingId: finding.id,
    type: finding.type,
    title: finding.title,
    description: finding.description,
    severity: severity(finding.severity),
    accounts: [finding.accountId, accountOfArn(finding.arn), envelope.account],
    regions: [finding.region, finding.arn?.split(':')[3], envelope.region],
    times: {
      first: service?.eventFirstSeen ?? finding.createdAt,
      last: service?.eventLastSeen,
      updated: finding.updatedAt ?? envelope.time,
    },
    count: service?.count,
    sample: block?.sample || isSampleTitle(finding.title),
    state: block?.state ?? 'active',
    traffic: block?.traffic ?? unknownTraffic,
    collector,
    about: {
      ...block?.about,
      kubernetesUser: resource?.kubernetesDetails?.kubernetesUserDetails?.username,
    },
  };
}

const accountOfArn = (arn: string | null | undefined) => arn?.split(':')[4];

const isApiCall = (action: Service['action']) =>
  Boolean(action?.awsApiCallAction ?? action?.kubernetesApiCallAction);

function severity(value: string | number | null | undefined): Draft['severity'] {
  if (typeof value === 'string')
    return severityFromLabel(value) ?? severity(Number.parseFloat(value));
  return typeof value === 'number' && Number.isFinite(value) ? severityOf(value) : null;
}
