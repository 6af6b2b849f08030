// A finding in OCSF, as Security Hub's newer version and Security Lake write it, as a draft of an alert.
// @see https://schema.ocsf.io/classes/detection_finding
import { z } from 'zod';
import type { EntityKind } from '../domain/alert.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { Draft } from './draft.ts';
import { type Collector, createCollector } from './entities.ts';
import {
  directionOf,
  guardDutyType,
  layerOfPort,
  list,
  number,
  opt,
  portOf,
  severityFromLabel,
  severityOf,
  text,
} from './read.ts';
import type { Finding } from './unwrap.ts';

const Described = opt(
  z.looseObject({
    uid: text,
    title: text,
    desc: text,
    types: list(z.string().min(1)),
    created_time: opt(z.union([z.number(), z.string()])),
    created_time_dt: text,
    first_seen_time_dt: text,
    last_seen_time_dt: text,
    modified_time_dt: text,
  }),
);
const Endpoint = opt(z.looseObject({ ip: text, port: number, hostname: text }));
const Resource = z.looseObject({ uid: text, name: text, type: text });
const OcsfFinding = z.looseObject({
  finding_info: Described,
  finding: Described,
  class_name: text,
  type_name: text,
  severity: text,
  severity_id: number,
  status: text,
  time: opt(z.union([z.number(), z.string()])),
  time_dt: text,
  cloud: opt(
    z.looseObject({ region: text, account: opt(z.looseObject({ uid: text })), account_uid: text }),
  ),
  resources: list(Resource),
  resource: opt(Resource),
  evidences: list(
    z.looseObject({
      src_endpoint: Endpoint,
      dst_endpoint: Endpoint,
      connection_info: opt(z.looseObject({ direction: text, protocol_name: text })),
      query: opt(z.looseObject({ hostname: text })),
      api: opt(z.looseObject({ operation: text })),
      actor: opt(
        z.looseObject({
          user: opt(z.looseObject({ name: text, type: text, credential_uid: text })),
        }),
      ),
    }),
  ),
});
type OcsfFinding = z.infer<typeof OcsfFinding>;

/** OCSF's severity_id on our scale of 0 to 10. */
const SCORES: Readonly<Record<number, number>> = { 1: 0, 2: 2, 3: 5, 4: 8, 5: 9.5, 6: 10 };

/** Throws InvalidInput when it describes no finding. */
export function readOcsf({ body, path, envelope }: Finding): Draft {
  const parsed = OcsfFinding.safeParse(body);
  if (!parsed.success)
    throw new InvalidInput(`${path}: ${z.prettifyError(parsed.error)}`.slice(0, 500));
  const event = parsed.data;
  const info = event.finding_info ?? event.finding;
  const types = info?.types.map(({ one }) => one) ?? [];
  const type =
    guardDutyType(types) ?? types[0] ?? info?.title ?? event.type_name ?? event.class_name;
  if (!info || !type) throw new InvalidInput(`${path}.finding_info: expected a title or types`);
  const collector = createCollector();
  const traffic = addEvidence(collector, event, path);
  addResources(collector, event, path);
  const score = SCORES[event.severity_id ?? -1];
  return {
    source: 'securityhub-ocsf',
    findingId: info.uid,
    type,
    title: info.title,
    description: info.desc,
    severity: score === undefined ? severityFromLabel(event.severity) : severityOf(score),
    accounts: [event.cloud?.account?.uid, event.cloud?.account_uid, envelope.account],
    regions: [event.cloud?.region, envelope.region],
    times: {
      first: info.first_seen_time_dt ?? info.created_time_dt ?? info.created_time,
      last: info.last_seen_time_dt,
      updated: info.modified_time_dt ?? event.time_dt ?? event.time ?? envelope.time,
    },
    count: 1,
    sample: false,
    archived: event.status?.toLowerCase() === 'archived',
    traffic,
    collector,
    notes: [],
  };
}

type Evidence = OcsfFinding['evidences'][number]['one'];

function addEvidence(
  collector: Collector,
  { evidences }: OcsfFinding,
  path: string,
): Draft['traffic'] {
  for (const { one, index } of evidences) {
    const at = (rest: string) => `${path}.evidences[${index}].${rest}`;
    const { remote } = sidesOf(one);
    collector.add({ kind: 'ip', value: one[remote]?.ip, part: 'actor', path: at(`${remote}.ip`) });
    collector.add({
      kind: 'domain',
      value: one.query?.hostname,
      part: 'actor',
      path: at('query.hostname'),
    });
    const user = one.actor?.user;
    const attributes = { userName: user?.name, userType: user?.type };
    const part = 'actor';
    collector.add({
      kind: 'access-key',
      value: user?.credential_uid,
      part,
      path: at('actor.user.credential_uid'),
      attributes,
    });
    if (user?.type === 'IAMUser')
      collector.add({
        kind: 'iam-user',
        value: user.name,
        part,
        path: at('actor.user.name'),
        attributes,
      });
  }
  const first = evidences[0]?.one;
  return first
    ? trafficOf(first)
    : { layer: 'unknown', direction: 'unknown', localPort: null, protocol: null };
}

/** Outbound, the far end is the destination; else whoever came. */
const sidesOf = ({ connection_info }: Evidence) =>
  directionOf(connection_info?.direction) === 'outbound'
    ? ({ remote: 'dst_endpoint', local: 'src_endpoint' } as const)
    : ({ remote: 'src_endpoint', local: 'dst_endpoint' } as const);

function trafficOf(evidence: Evidence): Draft['traffic'] {
  const port = portOf(evidence[sidesOf(evidence).local]?.port);
  return {
    layer: layerOf(evidence, port),
    direction: directionOf(evidence.connection_info?.direction),
    localPort: port,
    protocol: evidence.connection_info?.protocol_name ?? null,
  };
}

function layerOf({ query, api, connection_info }: Evidence, port: number | null) {
  if (query) return 'dns';
  if (api) return 'aws-api';
  return connection_info || port !== null ? layerOfPort(port) : 'unknown';
}

/** By what the type contains: `AWS::EC2::Instance`, `AwsEc2Instance` and `Ec2Instance` all occur. */
const KINDS: readonly (readonly [RegExp, EntityKind])[] = [
  [/ec2.*instance/i, 'instance'],
  [/networkinterface/i, 'network-interface'],
  [/s3.*bucket/i, 'bucket'],
  [/accesskey/i, 'access-key'],
  [/iam.*user/i, 'iam-user'],
  [/iam.*role/i, 'iam-role'],
  [/lambda.*function/i, 'function'],
  [/(eks|ecs).*cluster/i, 'cluster'],
  [/container|task|pod/i, 'workload'],
  [/db.*instance/i, 'database'],
];

function addResources(
  collector: Collector,
  { resources, resource }: OcsfFinding,
  path: string,
): void {
  const all = [
    ...resources.map(({ one, index }) => ({ one, at: `${path}.resources[${index}].uid` })),
    ...(resource ? [{ one: resource, at: `${path}.resource.uid` }] : []),
  ];
  for (const { one, at } of all) {
    if (/account$/i.test(one.type ?? '')) continue;
    const kind = KINDS.find(([pattern]) => pattern.test(one.type ?? ''))?.[1] ?? 'resource';
    const value = kind === 'resource' ? one.uid : one.uid?.split(/[:/]/).filter(Boolean).at(-1);
    collector.add({
      kind,
      value: value ?? one.name,
      part: kind === 'access-key' || kind === 'iam-user' ? 'actor' : 'target',
      path: at,
      attributes: { arn: one.uid, resourceType: one.type },
    });
  }
}
