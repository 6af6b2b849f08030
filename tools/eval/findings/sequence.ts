// Fills in the sequence of an AttackSequence finding.
import { ACCOUNT, REGION } from './place.ts';
import type { SequenceSpec } from './spec.ts';

const endpointsOf = ({ endpoints, endpointCount = 0 }: SequenceSpec) =>
  endpoints ?? Array.from({ length: endpointCount }, (_, i) => `203.0.113.${i + 1}`);

/** @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Sequence.html */
export function sequenceOf(given: SequenceSpec, at: Date) {
  const endpoints = endpointsOf(given).map((one, i) => ({
    id: `endpoint-${i + 1}`,
    ip: typeof one === 'string' ? one : one.ip,
    location: { country: typeof one === 'string' ? 'Netherlands' : one.country },
    autonomousSystem: {
      name: (typeof one === 'string' ? null : one.org) ?? 'Example Hosting BV',
      number: 64496,
    },
  }));
  const actors = given.actors.map(({ user, key, type, mfa }, i) => ({
    id: `actor-${i + 1}`,
    user: { name: user, uid: `uid-${user}`, type, credentialUid: key, account: { uid: ACCOUNT } },
    session: mfa && { mfaStatus: mfa },
  }));
  const resources = given.resources.map(({ type, uid, name, user, namespace }) => ({
    uid,
    name: name ?? uid,
    resourceType: type,
    accountId: ACCOUNT,
    region: REGION,
    data: {
      ...(user && { accessKey: { userName: user, userType: 'IAMUser' } }),
      ...(namespace && { kubernetesWorkload: { namespace, type: 'pods' } }),
    },
  }));
  return {
    uid: 'sequence-1',
    actors,
    endpoints,
    resources,
    signals: given.signals.map(({ name, type = 'CLOUD_TRAIL', severity, count }, i) => ({
      uid: `signal-${i + 1}`,
      name,
      type,
      severity,
      count: count ?? 1,
      firstSeenAt: new Date(at.getTime() - 3_600_000).toISOString(),
      lastSeenAt: at.toISOString(),
      actorIds: actors.map(({ id }) => id),
      endpointIds: endpoints.map(({ id }) => id),
      resourceUids: resources.map(({ uid }) => uid),
    })),
  };
}
