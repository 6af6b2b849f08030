// Builds a GuardDuty finding as EventBridge delivers it.
import { createHash } from 'node:crypto';
import { actionOf } from './actions.ts';
import { ACCOUNT, REGION } from './place.ts';
import { resourceOf } from './resources.ts';
import { sequenceOf } from './sequence.ts';
import { Actions, type FindingSpec, Resources } from './spec.ts';

const MINUTE_MS = 60_000;
const before = (at: Date, minutes: number) =>
  new Date(at.getTime() - minutes * MINUTE_MS).toISOString();

export const idOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 32);

/** The envelope around the detail of an event. */
export const enveloped = (at: Date, source: string, type: string, detail: object) => ({
  version: '0',
  id: idOf(JSON.stringify(detail)),
  'detail-type': type,
  source,
  account: ACCOUNT,
  time: at.toISOString(),
  region: REGION,
  resources: [],
  detail,
});

/** Only the fields that the schema names. */
const pick = <T extends object>(given: FindingSpec, { shape }: { shape: T }) =>
  Object.fromEntries(Object.entries(given).filter(([name]) => name in shape));

/** `id` makes the finding's ID. */
export function guardDutyEvent(id: string, given: FindingSpec, at: Date) {
  const detector = `arn:aws:guardduty:${REGION}:${ACCOUNT}:detector/d0b1e2f3a4b5c6d7e8f90a1b2c3d4e5f`;
  const { anomaly, malware, runtime, sequence, threatList, sample } = given;
  const title = given.title ?? given.type;
  return enveloped(at, 'aws.guardduty', 'GuardDuty Finding', {
    schemaVersion: '2.0',
    accountId: ACCOUNT,
    region: REGION,
    partition: 'aws',
    id: idOf(id),
    arn: `${detector}/finding/${idOf(id)}`,
    type: given.type,
    severity: given.severity,
    title: sample ? `[SAMPLE] ${title}` : title,
    description: title,
    createdAt: before(at, 7),
    updatedAt: before(at, 1),
    resource: sequence
      ? { resourceType: 'AttackSequence' }
      : resourceOf(pick(given, Resources) as Resources),
    service: {
      serviceName: 'guardduty',
      eventFirstSeen: before(at, 9),
      eventLastSeen: before(at, 2),
      archived: false,
      count: given.count ?? 1,
      resourceRole: given.role ?? 'TARGET',
      action: actionOf(pick(given, Actions) as Actions, given.from),
      additionalInfo: {
        ...(sample && { sample: true }),
        ...(threatList && { threatListName: threatList }),
        ...(anomaly && {
          value: JSON.stringify({
            unusualBehavior: anomaly.unusual,
            profiledBehavior: anomaly.profiled,
          }),
          type: 'default',
        }),
      },
      ...(runtime && { runtimeDetails: runtimeDetails(runtime, at) }),
      ...(malware && { malwareScanDetails: malwareDetails(malware) }),
      ...(sequence && { detection: { sequence: sequenceOf(sequence, at) } }),
    },
  });
}

const runtimeDetails = (given: NonNullable<FindingSpec['runtime']>, at: Date) => ({
  process: {
    name: given.process,
    executablePath: given.path,
    user: given.user,
    startTime: before(at, 3),
    lineage: (given.parents ?? []).map((executablePath) => ({ executablePath })),
  },
  context: {
    commandLineExample: given.command,
    socketAddress: given.socket,
    socketPath: given.socketPath,
  },
});

const malwareDetails = ({ threats, files }: NonNullable<FindingSpec['malware']>) => ({
  threats: threats.map((name) => ({
    name,
    source: 'AMAZON',
    itemPaths: files.map((nestedItemPath) => ({ nestedItemPath })),
  })),
});
