// Evidence of an attack sequence: its signals, indicators and sessions.
// @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Sequence.html
import { evidenceIn, type Found, type Spec, textsAt, valuesAt } from '../read-evidence.ts';

export const SIGNALS: Spec = {
  kind: 'signal',
  at: 'signals[]',
  values: {
    signal: 'name',
    type: 'type',
    severity: 'severity',
    count: 'count',
    indicators: 'signalIndicators[].key',
  },
  untrusted: { indicatorValues: 'signalIndicators[].values[]' },
  from: 'firstSeenAt',
  until: 'lastSeenAt',
};

export const OTHERS: readonly Spec[] = [
  {
    kind: 'indicator',
    at: 'sequenceIndicators[]',
    values: { indicator: 'key' },
    untrusted: { indicatorValues: 'values[]' },
  },
  {
    kind: 'session',
    at: 'actors[]',
    values: { mfa: 'session.mfaStatus', userType: 'user.type', sha256: 'process.sha256' },
    untrusted: { issuer: 'session.issuer', name: 'process.name', path: 'process.path' },
    from: 'session.createdTime',
  },
  {
    kind: 'resource',
    at: 'resources[]',
    values: {
      launched: 'data.ec2Instance.launchTime',
      state: 'data.ec2Instance.instanceState',
      instanceType: 'data.ec2Instance.instanceType',
      securityGroups: 'data.ec2NetworkInterface.securityGroups[].groupId',
      publicAccess: 'data.s3Bucket.effectivePermission',
      publicRead: 'data.s3Bucket.publicReadAccess',
      publicWrite: 'data.s3Bucket.publicWriteAccess',
      encryption: 'data.s3Bucket.encryptionType',
      clusterStatus: 'data.eksCluster.status',
      launchType: 'data.ecsTask.launchType',
    },
    untrusted: { image: 'data.container.image', objects: 'data.s3Object.key' },
  },
  { kind: 'finding', at: '', values: { alsoTypes: 'additionalSequenceTypes[]' } },
];

/** Each signal names its actors, endpoints and resources by IDs that only the sequence explains. */
export function sequenceEvidence(sequence: unknown, prefix: string): Found[] {
  const named = namesById(sequence);
  const signals = valuesAt(sequence, 'signals[]').map((signal, index) => {
    const ids = ['actorIds[]', 'endpointIds[]', 'resourceUids[]'].flatMap((path) =>
      textsAt(signal, path),
    );
    const at = { ...SIGNALS, at: `signals[${index}]` };
    return evidenceIn(sequence, [at], prefix).map((one) => ({
      ...one,
      ...firstTime(one, signal),
      about: ids.flatMap((id) => named.get(id) ?? id),
    }));
  });
  const others = evidenceIn(sequence, OTHERS, prefix);
  return [...signals.flat(), ...others.map((one) => ({ ...one, about: namesIn(one, sequence) }))];
}

/** Older signals have only the times of their record. */
function firstTime(one: Found, signal: unknown): Pick<Found, 'from' | 'until'> {
  if (one.from) return one;
  const [created] = evidenceIn(
    signal,
    [{ ...SIGNALS, at: '', from: 'createdAt', until: 'updatedAt' }],
    '$',
  );
  return { from: created?.from ?? null, until: created?.until ?? null };
}

function namesById(sequence: unknown): ReadonlyMap<string, string[]> {
  const of = (path: string, ...names: string[]) =>
    valuesAt(sequence, path).flatMap((one): [string, string[]][] => {
      const [id] = [...textsAt(one, 'id'), ...textsAt(one, 'uid')];
      const found = names.flatMap((name) => textsAt(one, name));
      return id ? [[id, found]] : [];
    });
  return new Map([
    ...of('actors[]', 'user.credentialUid', 'user.name'),
    ...of('endpoints[]', 'ip', 'domain'),
    ...of('resources[]', 'uid'),
  ]);
}

/** The member of the sequence that the evidence was read from. */
function namesIn({ foundAt }: Found, sequence: unknown): string[] {
  const [, list = '', index = ''] = /\.(actors|resources)\[(\d+)\]$/i.exec(foundAt) ?? [];
  const one = valuesAt(sequence, `${list}[${index}]`)[0];
  const paths = /actors/i.test(list) ? ['user.credentialUid', 'user.name'] : ['uid'];
  return list === '' ? [] : paths.flatMap((path) => textsAt(one, path));
}
