// Parses a GuardDuty finding in either casing. Any field may be missing.
// @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html
import * as z from 'zod/mini';
import type { Draft } from '../draft.ts';
import { type Attributes, createCollector } from '../entities.ts';
import {
  bool,
  list,
  number,
  opt,
  readAs,
  severityFromLabel,
  severityOf,
  text,
  unknownTraffic,
} from '../fields.ts';
import type { Finding } from '../source.ts';
import { Action, addAction } from './action.ts';
import { remoteCaller } from './caller.ts';
import { type At, camelKeys, originalPath } from './casing.ts';
import { addResources, Resource } from './resources.ts';
import { addSequence, Sequence } from './sequence.ts';

const Named = list(z.looseObject({ name: text }));
const Service = z.looseObject({
  action: opt(Action),
  count: number,
  archived: bool,
  eventFirstSeen: text,
  eventLastSeen: text,
  additionalInfo: opt(z.looseObject({ sample: bool, value: text, threatListName: text })),
  detection: opt(z.looseObject({ sequence: opt(Sequence) })),
  evidence: opt(
    z.looseObject({
      threatIntelligenceDetails: list(
        z.looseObject({ threatListName: text, threatNames: list(z.string()) }),
      ),
    }),
  ),
  runtimeDetails: opt(
    z.looseObject({
      process: opt(
        z.looseObject({ name: text, executablePath: text, executableSha256: text, user: text }),
      ),
    }),
  ),
  malwareScanDetails: opt(z.looseObject({ threats: Named })),
  ebsVolumeScanDetails: opt(
    z.looseObject({
      scanDetections: opt(
        z.looseObject({ threatDetectedByName: opt(z.looseObject({ threatNames: Named })) }),
      ),
    }),
  ),
});
type Service = z.infer<typeof Service>;

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
  const sequence = service?.detection?.sequence;
  const inAction: At = (...steps) => at('service', 'action', ...steps);
  const traffic = action ? addAction({ collector, at: inAction }, action) : null;
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
  if (sequence) addSequence(collector, sequence, at);
  if (!traffic && !sequence) collector.note('The finding describes no action');

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
    sample: isSample(service?.additionalInfo),
    state: service?.archived ? 'archived' : 'active',
    traffic: traffic ?? unknownTraffic,
    collector,
    about: service ? about(service, resource) : {},
  };
}

const accountOfArn = (arn: string | null | undefined) => arn?.split(':')[4];

const isApiCall = (action: Service['action']) =>
  Boolean(action?.awsApiCallAction ?? action?.kubernetesApiCallAction);

/** Attributes of the whole finding: why it was raised, and which process ran. */
function about(service: Service, resource: Resource | null | undefined): Attributes {
  const { evidence, additionalInfo, runtimeDetails, detection } = service;
  const threats = evidence?.threatIntelligenceDetails.map(({ one }) => one) ?? [];
  const malware = [
    ...(service.malwareScanDetails?.threats ?? []),
    ...(service.ebsVolumeScanDetails?.scanDetections?.threatDetectedByName?.threatNames ?? []),
  ];
  return {
    threatLists: joined([
      ...threats.map(({ threatListName }) => threatListName),
      additionalInfo?.threatListName,
    ]),
    threats: joined([
      ...threats.flatMap(({ threatNames }) => threatNames.map(({ one }) => one)),
      ...malware.map(({ one }) => one.name),
    ]),
    process: runtimeDetails?.process?.name,
    executable: runtimeDetails?.process?.executablePath,
    executableSha256: runtimeDetails?.process?.executableSha256,
    processUser: runtimeDetails?.process?.user,
    kubernetesUser: resource?.kubernetesDetails?.kubernetesUserDetails?.username,
    signals: joined(detection?.sequence?.signals.map(({ one }) => one.name) ?? []),
  };
}

const joined = (texts: readonly (string | null | undefined)[]) =>
  [...new Set(texts.filter(Boolean))].slice(0, 20).join(', ');

function severity(value: string | number | null | undefined): Draft['severity'] {
  if (typeof value === 'string')
    return severityFromLabel(value) ?? severity(Number.parseFloat(value));
  return typeof value === 'number' && Number.isFinite(value) ? severityOf(value) : null;
}

/** GuardDuty marks its samples in additionalInfo, directly or inside a JSON string. */
function isSample(
  info: { sample?: unknown; value?: string | null | undefined } | null | undefined,
): boolean {
  if (info?.sample === true) return true;
  if (!info?.value) return false;
  try {
    return (JSON.parse(info.value) as { sample?: unknown } | null)?.sample === true;
  } catch {
    // Not JSON, so it doesn't mark a sample.
    return false;
  }
}
