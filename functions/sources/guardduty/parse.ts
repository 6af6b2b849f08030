// Parses a GuardDuty finding in either casing. Any field may be missing.
// @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html
import * as z from 'zod/mini';
import type { Draft } from '../draft.ts';
import { createCollector } from '../entities.ts';
import { opt, readAs, severityFromLabel, severityOf, text, unknownTraffic } from '../fields.ts';
import { valuesAt } from '../read-evidence.ts';
import type { Finding } from '../source.ts';
import { remoteCaller } from './caller.ts';
import { type At, camelKeys, originalPath } from './casing.ts';
import { resourceEvidence, serviceEvidence } from './evidence-table.ts';
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
  /** Some collectors store the service block under this name. */
  finding: opt(Service),
});

/** Throws InvalidInput if the finding has no type, the only field that every decision needs. */
export function readGuardDuty({ body, path, envelope }: Finding): Draft {
  const { resource, ...finding } = readAs(GuardDutyFinding, camelKeys(body), path);
  const service = finding.service ?? finding.finding;
  const block = finding.service ? 'service' : 'finding';
  const at: At = (...steps) => originalPath(path, body, steps);
  const collector = createCollector();
  const action = service?.action;
  const call = action?.awsApiCallAction;
  const found = service && readService(collector, service, (...steps) => at(block, ...steps));
  if (resource)
    addResources(collector, resource, at, {
      isApiCall: isApiCall(finding.type, action),
      // The account's own credentials, wherever they are used.
      caller: /CredentialExfiltration/.test(finding.type)
        ? null
        : remoteCaller({
            accountId: call?.remoteAccountDetails?.accountId,
            affiliated: call?.remoteAccountDetails?.affiliated,
            callerType: call?.callerType,
            userType: resource.accessKeyDetails?.userType,
          }),
    });
  if (!found?.traffic && !service?.detection?.sequence)
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
    sample: found?.sample || isSampleTitle(finding.title),
    state: found?.state ?? 'active',
    traffic: found?.traffic ?? unknownTraffic,
    collector,
    evidence: [
      ...serviceEvidence(valuesAt(body, block)[0], at(block)),
      ...resourceEvidence(valuesAt(body, 'resource')[0], at('resource')),
    ],
    about: {
      ...found?.about,
      kubernetesUser: resource?.kubernetesDetails?.kubernetesUserDetails?.username,
    },
  };
}

const accountOfArn = (arn: string | null | undefined) => arn?.split(':')[4];

/** Whether the finding is about an API call. If it describes no action, its type says so. */
const isApiCall = (type: string, action: Service['action']) =>
  action
    ? Boolean(action.awsApiCallAction ?? action.kubernetesApiCallAction) ||
      /_API_CALL$/.test(action.actionType ?? '')
    : /:(IAMUser|S3)\//.test(type);

function severity(value: string | number | null | undefined): Draft['severity'] {
  if (typeof value === 'string')
    return severityFromLabel(value) ?? severity(Number.parseFloat(value));
  return typeof value === 'number' && Number.isFinite(value) ? severityOf(value) : null;
}
