// The evidence of an OCSF finding: actors, endpoints and traffic.
// @see https://schema.ocsf.io/objects/evidences
import * as z from 'zod/mini';
import { parseAddress } from '../../platform/ip-address.ts';
import { addCredential } from '../credential.ts';
import type { Draft } from '../draft.ts';
import { type Attributes, type Collector, OWN_ADDRESS } from '../entities.ts';
import {
  directionOf,
  layerOfPort,
  list,
  number,
  opt,
  portOf,
  text,
  unknownTraffic,
} from '../fields.ts';
import { first, flatten } from './flat.ts';

type Traffic = Draft['traffic'];
type Direction = Traffic['direction'];

const Endpoint = opt(
  z.looseObject({
    ip: text,
    port: number,
    uid: text,
    hostname: text,
    domain: text,
    instance_uid: text,
    interface_uid: text,
    location: opt(z.looseObject({ country: text })),
    autonomous_system: opt(z.looseObject({ name: text, number })),
  }),
);
type Endpoint = z.infer<typeof Endpoint>;

export const Evidences = list(
  z.looseObject({
    src_endpoint: Endpoint,
    dst_endpoint: Endpoint,
    connection_info: opt(
      z.looseObject({
        direction: text,
        direction_id: number,
        protocol_name: text,
        protocol_num: number,
      }),
    ),
    query: opt(z.looseObject({ hostname: text })),
    api: opt(z.looseObject({ operation: text, service: opt(z.looseObject({ name: text })) })),
    actor: opt(
      z.looseObject({
        user: opt(
          z.looseObject({
            name: text,
            type: text,
            uid: text,
            credential_uid: text,
            account: opt(z.looseObject({ uid: text })),
            account_uid: text,
          }),
        ),
        session: opt(z.looseObject({ uid: text, issuer: text })),
        process: opt(z.looseObject({ name: text, file: opt(z.looseObject({ path: text })) })),
      }),
    ),
    process: opt(z.looseObject({ name: text, file: opt(z.looseObject({ path: text })) })),
    data: z._default(z.unknown(), null),
  }),
);
type Evidence = z.infer<typeof Evidences>[number]['one'];

type Context = {
  /** An attack sequence names only the endpoints of the attacker. */
  isSequence: boolean;
  /** Whether the product says that the resource acts. */
  resourceActs: boolean;
};

/** Adds what the evidence names. Returns the traffic of the first part, and attributes of the whole finding. */
export function addEvidence(
  collector: Collector,
  evidences: z.infer<typeof Evidences>,
  path: string,
  context: Context,
): { traffic: Traffic; about: Attributes } {
  for (const { one, index } of evidences) {
    const at = `${path}.evidences[${index}]`;
    addEndpoints(collector, one, at, context);
    addActor(collector, one, at);
    collector.add({
      kind: 'domain',
      value: one.query?.hostname,
      part: 'actor',
      path: `${at}.query.hostname`,
    });
  }
  const all = evidences.map(({ one }) => one);
  const process = all.map((one) => one.process ?? one.actor?.process).find(Boolean);
  const seen = all.map((one) => trafficOf(one, context)).find(({ layer }) => layer !== 'unknown');
  return {
    traffic: seen ?? unknownTraffic,
    about: { process: process?.name, executable: process?.file?.path },
  };
}

const DIRECTIONS: ReadonlyMap<number | null | undefined, Direction> = new Map([
  [1, 'inbound'],
  [2, 'outbound'],
]);

/** From the caption, the ID and the role of the resource. Unknown if caption and ID contradict each other. */
function directionIn({ connection_info, data }: Evidence, { resourceActs }: Context): Direction {
  const caption = directionOf(connection_info?.direction);
  const id = DIRECTIONS.get(connection_info?.direction_id) ?? 'unknown';
  const role = first(flatten(data), /resourcerole$/);
  if (resourceActs || /^actor$/i.test(role ?? '')) return 'outbound';
  if (caption === 'unknown') return id;
  return id === 'unknown' || id === caption ? caption : 'unknown';
}

type Ends = { remote: 'src_endpoint' | 'dst_endpoint' | null; direction: Direction };

/** The remote endpoint. Null if the evidence does not say which one it is: neither is then the actor. */
function endsOf(evidence: Evidence, context: Context): Ends {
  if (isCall(evidence)) return { remote: 'src_endpoint', direction: 'inbound' };
  const direction = directionIn(evidence, context);
  if (direction === 'inbound') return { remote: 'src_endpoint', direction };
  if (direction === 'outbound') return { remote: 'dst_endpoint', direction };
  return { remote: context.isSequence ? 'src_endpoint' : null, direction };
}

const isCall = ({ api }: Evidence) => api !== null && api !== undefined;

function addEndpoints(
  collector: Collector,
  evidence: Evidence,
  path: string,
  context: Context,
): void {
  const { remote, direction } = endsOf(evidence, context);
  for (const end of ['src_endpoint', 'dst_endpoint'] as const) {
    const endpoint = evidence[end];
    // The other end of an API call is the service.
    const isOurs =
      Boolean(endpoint?.instance_uid ?? endpoint?.interface_uid) ||
      (remote !== null && remote !== end && !isCall(evidence) && !context.isSequence);
    const part = remote === end && !isOurs ? 'actor' : 'related';
    const other = evidence[end === 'src_endpoint' ? 'dst_endpoint' : 'src_endpoint'];
    const attributes = isOurs
      ? OWN_ADDRESS
      : {
          direction,
          port: other?.port,
          remotePort: endpoint?.port,
          country: endpoint?.location?.country,
          asn: endpoint?.autonomous_system?.number,
          organization: endpoint?.autonomous_system?.name,
          api: evidence.api?.operation,
          service: evidence.api?.service?.name,
        };
    addEndpoint(collector, endpoint, `${path}.${end}`, { part, attributes });
  }
}

function addEndpoint(
  collector: Collector,
  endpoint: Endpoint,
  path: string,
  known: { part: 'actor' | 'related'; attributes: Attributes },
): void {
  const isAddress = parseAddress(endpoint?.uid ?? '') !== null;
  const value = endpoint?.ip ?? (isAddress ? endpoint?.uid : null);
  collector.add({ kind: 'ip', value, path: `${path}.${endpoint?.ip ? 'ip' : 'uid'}`, ...known });
  const isDomain = !isAddress && /^[^\s:/]+\.[^\s:/]+$/.test(endpoint?.uid ?? '');
  for (const [field, domain] of [
    ['domain', endpoint?.domain],
    ['hostname', value ? null : endpoint?.hostname],
    ['uid', isDomain ? endpoint?.uid : null],
  ] as const)
    collector.add({ kind: 'domain', value: domain, part: known.part, path: `${path}.${field}` });
}

/** Kinds of AWS users. The same field may name a user of an operating system. */
const AWS_USER = /^(IAM|AssumedRole|Role|Root|Federated|AWS|SAML|WebIdentity|IdentityCenter)/i;
const AWS_ID = /^(A[KIRS][A-Z]A\w{4,}|arn:)/;

function addActor(collector: Collector, evidence: Evidence, path: string): void {
  const { user, session } = evidence.actor ?? {};
  const issuer = session?.issuer?.startsWith('arn:') ? session.issuer : null;
  const isOfAws =
    isCall(evidence) ||
    issuer ||
    user?.credential_uid ||
    AWS_USER.test(user?.type ?? '') ||
    AWS_ID.test(user?.uid ?? '');
  if (!isOfAws) return;
  addCredential(
    collector,
    {
      keyId: user?.credential_uid,
      userName: user?.name || issuer,
      userType: user?.type,
      principalId: user?.uid || issuer,
      session: session?.uid,
      account: user?.account?.uid ?? user?.account_uid,
    },
    'actor',
    { key: `${path}.actor.user.credential_uid`, name: `${path}.actor.user.name` },
  );
}

const PROTOCOLS: ReadonlyMap<number | null | undefined, string> = new Map([
  [1, 'ICMP'],
  [6, 'TCP'],
  [17, 'UDP'],
]);

function trafficOf(evidence: Evidence, context: Context): Traffic {
  const { connection_info: connection, query } = evidence;
  if (isCall(evidence)) return { ...unknownTraffic, layer: 'aws-api', direction: 'inbound' };
  const { direction } = endsOf(evidence, context);
  const protocol = connection?.protocol_name ?? PROTOCOLS.get(connection?.protocol_num) ?? null;
  if (query) return { ...unknownTraffic, layer: 'dns', direction: 'outbound', protocol };
  const local = direction === 'outbound' ? evidence.src_endpoint : evidence.dst_endpoint;
  const port = direction === 'unknown' ? null : portOf(local?.port);
  const hasPorts = [evidence.src_endpoint, evidence.dst_endpoint].some((end) => portOf(end?.port));
  const layer = connection || hasPorts ? layerOfPort(port) : 'unknown';
  return { layer, direction, localPort: port, protocol };
}
