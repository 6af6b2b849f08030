// Parses OCSF findings of Security Hub and Security Lake.
// @see https://schema.ocsf.io/classes/detection_finding
import * as z from 'zod/mini';
import { type FindingState, POSTURE, type Posture } from '../../domain/alert.ts';
import { InvalidInput } from '../../domain/errors.ts';
import type { Draft } from '../draft.ts';
import { type Collector, createCollector, OWN_ADDRESS } from '../entities.ts';
import { placeInArn } from '../entity-place.ts';
import {
  directionOf,
  guardDutyType,
  layerOfPort,
  list,
  number,
  opt,
  portOf,
  readAs,
  severityFromLabel,
  severityOf,
  text,
  unknownTraffic,
} from '../fields.ts';
import { isAccount, kindOfType, nameFromArn, versionFromArn } from '../resource-kinds.ts';
import type { Finding } from '../source.ts';

const Described = opt(
  z.looseObject({
    uid: text,
    title: text,
    desc: text,
    types: list(z.string().check(z.minLength(1))),
    created_time: opt(z.union([z.number(), z.string()])),
    created_time_dt: text,
    first_seen_time_dt: text,
    last_seen_time_dt: text,
    modified_time_dt: text,
  }),
);
const Endpoint = opt(z.looseObject({ ip: text, port: number, hostname: text }));
const Account = opt(z.looseObject({ uid: text }));
const Resource = z.looseObject({
  uid: text,
  name: text,
  type: text,
  region: text,
  owner: opt(z.looseObject({ account: Account })),
});
const OcsfFinding = z.looseObject({
  finding_info: Described,
  finding: Described,
  class_uid: number,
  class_name: text,
  type_name: text,
  severity: text,
  severity_id: number,
  status: text,
  status_id: number,
  state: text,
  activity_name: text,
  activity_id: number,
  compliance: opt(z.looseObject({ status: text, status_id: number })),
  accountid: text,
  count: number,
  time: opt(z.union([z.number(), z.string()])),
  time_dt: text,
  cloud: opt(z.looseObject({ region: text, account: Account, account_uid: text })),
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
          user: opt(
            z.looseObject({ name: text, type: text, credential_uid: text, account: Account }),
          ),
        }),
      ),
    }),
  ),
});
type OcsfFinding = z.infer<typeof OcsfFinding>;

/** Scores from 0 to 10 by OCSF's severity_id. */
const SCORES: Readonly<Record<number, number>> = { 1: 0, 2: 2, 3: 5, 4: 8, 5: 9.5, 6: 10 };

/** Vulnerability Finding and Compliance Finding. @see https://schema.ocsf.io/categories/findings */
const POSTURE_CLASSES: Readonly<Record<number, Posture>> = {
  2002: 'vulnerability',
  2003: 'configuration',
};

/** Throws InvalidInput if it has no finding. */
export function readOcsf({ body, path, envelope }: Finding): Draft {
  const event = readAs(OcsfFinding, body, path);
  const info = event.finding_info ?? event.finding;
  const types = info?.types.map(({ one }) => one) ?? [];
  const activityType = guardDutyType(types);
  const type = activityType ?? types[0] ?? info?.title ?? event.type_name ?? event.class_name;
  if (!info || !type) throw new InvalidInput(`${path}.finding_info: expected a title or types`);
  const collector = createCollector();
  const traffic = addEvidence(collector, event, path);
  addResources(collector, event, path, activityType !== null);
  const score = SCORES[event.severity_id ?? -1];
  return {
    source: 'securityhub-ocsf',
    findingId: info.uid,
    type,
    title: info.title,
    description: info.desc,
    severity: score === undefined ? severityFromLabel(event.severity) : severityOf(score),
    accounts: [
      event.cloud?.account?.uid,
      event.cloud?.account_uid,
      event.accountid,
      envelope.account,
    ],
    regions: [event.cloud?.region, placeInArn(info.uid)?.region, envelope.region],
    times: {
      first: info.first_seen_time_dt ?? info.created_time_dt ?? info.created_time,
      last: info.last_seen_time_dt,
      updated: info.modified_time_dt ?? event.time_dt ?? event.time ?? envelope.time,
    },
    count: event.count,
    sample: false,
    state: stateOf(event),
    traffic,
    collector,
    about: { [POSTURE]: activityType ? null : POSTURE_CLASSES[event.class_uid ?? -1] },
  };
}

/** By the captions, which are optional, or by their IDs. */
const STATES: readonly (readonly [FindingState, caption: RegExp, statusId: number])[] = [
  ['archived', /^(archived|deleted)$/i, 5],
  ['suppressed', /^suppressed$/i, 3],
  ['resolved', /^(resolved|closed?)$/i, 4],
];
const CLOSE = 3;
const PASS = 1;

function stateOf({
  status,
  status_id,
  state,
  activity_name,
  activity_id,
  compliance,
}: OcsfFinding): FindingState {
  const captions = [status, state, activity_name];
  const found = STATES.find(
    ([, caption, id]) => status_id === id || captions.some((word) => caption.test(word ?? '')),
  );
  if (found) return found[0];
  if (activity_id === CLOSE) return 'resolved';
  const hasPassed = compliance?.status_id === PASS || /^pass(ed)?$/i.test(compliance?.status ?? '');
  return hasPassed ? 'passed' : 'active';
}

type Evidence = OcsfFinding['evidences'][number]['one'];

function addEvidence(
  collector: Collector,
  { evidences }: OcsfFinding,
  path: string,
): Draft['traffic'] {
  for (const { one, index } of evidences) {
    const at = (rest: string) => `${path}.evidences[${index}].${rest}`;
    const { remote, local } = sidesOf(one);
    collector.add({ kind: 'ip', value: one[remote]?.ip, part: 'actor', path: at(`${remote}.ip`) });
    collector.add({
      kind: 'ip',
      value: one[local]?.ip,
      part: 'related',
      path: at(`${local}.ip`),
      attributes: OWN_ADDRESS,
    });
    collector.add({
      kind: 'domain',
      value: one.query?.hostname,
      part: 'actor',
      path: at('query.hostname'),
    });
    const user = one.actor?.user;
    const attributes = { userName: user?.name, userType: user?.type };
    const part = 'actor';
    const place = { account: user?.account?.uid };
    collector.add({
      kind: 'access-key',
      value: user?.credential_uid,
      part,
      path: at('actor.user.credential_uid'),
      attributes,
      place,
    });
    if (user?.type === 'IAMUser')
      collector.add({
        kind: 'iam-user',
        value: user.name,
        part,
        path: at('actor.user.name'),
        attributes,
        place,
      });
  }
  const first = evidences[0]?.one;
  return first ? trafficOf(first) : unknownTraffic;
}

/** The remote endpoint: the destination of outbound traffic, otherwise the source. */
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

function addResources(
  collector: Collector,
  { resources, resource }: OcsfFinding,
  path: string,
  reportsActivity: boolean,
): void {
  // A posture check reports the configuration of a user, not the user's activity.
  const credentials = reportsActivity ? 'actor' : 'target';
  const all = [
    ...resources.map(({ one, index }) => ({ one, at: `${path}.resources[${index}].uid` })),
    ...(resource ? [{ one: resource, at: `${path}.resource.uid` }] : []),
  ];
  for (const { one, at } of all) {
    if (isAccount(one.type)) continue;
    const kind = kindOfType(one.type);
    collector.add({
      kind,
      value: nameFromArn(kind, one.uid) ?? one.name,
      part: kind === 'access-key' || kind === 'iam-user' ? credentials : 'target',
      path: at,
      attributes: { arn: one.uid, resourceType: one.type, version: versionFromArn(kind, one.uid) },
      place: { account: one.owner?.account?.uid, region: one.region },
    });
  }
}
