// The action of a GuardDuty finding: actor, operation and traffic.
// @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Action.html
import * as z from 'zod/mini';
import type { Draft } from '../draft.ts';
import { type Attributes, type Collector, OWN_ADDRESS } from '../entities.ts';
import { placeInArn } from '../entity-place.ts';
import {
  bool,
  directionOf,
  layerOfPort,
  layerOfPorts,
  list,
  number,
  opt,
  portOf,
  text,
  unknownTraffic,
} from '../fields.ts';
import { kindOfType, nameFromArn, versionFromArn } from '../resource-kinds.ts';
import type { At, Steps } from './casing.ts';

const Port = opt(z.looseObject({ port: number }));
const Ip = z.looseObject({ ipAddressV4: text, ipAddressV6: text });
const RemoteIp = opt(
  z.extend(Ip, {
    country: opt(z.looseObject({ countryName: text })),
    organization: opt(z.looseObject({ asn: text, asnOrg: text, org: text })),
  }),
);
const LocalIp = opt(Ip);
const Users = list(z.looseObject({ user: text }));

export const Action = z.looseObject({
  actionType: text,
  networkConnectionAction: opt(
    z.looseObject({
      connectionDirection: text,
      protocol: text,
      localPortDetails: Port,
      localIpDetails: LocalIp,
      remotePortDetails: Port,
      remoteIpDetails: RemoteIp,
    }),
  ),
  portProbeAction: opt(
    z.looseObject({
      portProbeDetails: list(
        z.looseObject({
          localPortDetails: Port,
          localIpDetails: LocalIp,
          remoteIpDetails: RemoteIp,
        }),
      ),
    }),
  ),
  dnsRequestAction: opt(z.looseObject({ domain: text, protocol: text })),
  awsApiCallAction: opt(
    z.looseObject({
      api: text,
      serviceName: text,
      userAgent: text,
      errorCode: text,
      remoteIpDetails: RemoteIp,
      callerType: text,
      remoteAccountDetails: opt(z.looseObject({ accountId: text, affiliated: bool })),
      domainDetails: opt(z.looseObject({ domain: text })),
      affectedResources: opt(z.record(z.string(), text)),
    }),
  ),
  kubernetesApiCallAction: opt(
    z.looseObject({
      requestUri: text,
      verb: text,
      userAgent: text,
      remoteIpDetails: RemoteIp,
      sourceIPs: list(z.string()),
      sourceIps: list(z.string()),
    }),
  ),
  rdsLoginAttemptAction: opt(z.looseObject({ remoteIpDetails: RemoteIp, loginAttributes: Users })),
});
type Action = z.infer<typeof Action>;

/** `at` builds paths relative to the action. */
type Context = { collector: Collector; at: At };
type Traffic = Draft['traffic'];
const API_CALL: Traffic = {
  layer: 'aws-api',
  direction: 'inbound',
  localPort: null,
  protocol: null,
};

/** Adds the actor and returns the traffic; null if the finding describes no action. */
export function addAction(context: Context, action: Action): Traffic | null {
  const { networkConnectionAction: connection, portProbeAction: probe } = action;
  if (connection) return addConnection(context, connection);
  if (probe) return addProbes(context, probe.portProbeDetails);
  if (action.dnsRequestAction) return addDnsRequest(context, action.dnsRequestAction);
  if (action.rdsLoginAttemptAction) return addLogin(context, action.rdsLoginAttemptAction);
  if (action.awsApiCallAction) return addApiCall(context, action.awsApiCallAction);
  if (action.kubernetesApiCallAction)
    return addKubernetesCall(context, action.kubernetesApiCallAction);
  return BY_TYPE.get(action.actionType) ?? null;
}

/** The traffic of an action that is named without its details. */
const BY_TYPE: ReadonlyMap<string | null | undefined, Traffic> = new Map([
  ['AWS_API_CALL', API_CALL],
  ['KUBERNETES_API_CALL', API_CALL],
  ['DNS_REQUEST', { ...unknownTraffic, layer: 'dns', direction: 'outbound' }],
  ['PORT_PROBE', { ...unknownTraffic, layer: 'network', direction: 'inbound' }],
  ['RDS_LOGIN_ATTEMPT', { ...unknownTraffic, layer: 'network', direction: 'inbound' }],
  ['NETWORK_CONNECTION', { ...unknownTraffic, layer: 'network' }],
]);

/** The first source is the client, the others are proxies. The event may name only the sources. */
function addKubernetesCall(
  context: Context,
  call: NonNullable<Action['kubernetesApiCallAction']>,
): Traffic {
  const { remoteIpDetails, requestUri: uri, verb, userAgent } = call;
  addRemote(context, remoteIpDetails, ['kubernetesApiCallAction'], { verb, uri, userAgent });
  const isNamed = remoteIpDetails?.ipAddressV4 || remoteIpDetails?.ipAddressV6;
  const field = call.sourceIPs.length > 0 ? 'sourceIPs' : 'sourceIps';
  context.collector.add({
    kind: 'ip',
    value: isNamed ? null : call[field][0]?.one,
    part: 'actor',
    path: context.at('kubernetesApiCallAction', field, 0),
    attributes: { verb, uri, userAgent },
  });
  return API_CALL;
}

type Connection = NonNullable<Action['networkConnectionAction']>;

function addConnection(context: Context, connection: Connection): Traffic {
  const { localPortDetails, remotePortDetails, localIpDetails, protocol } = connection;
  const port = portOf(localPortDetails?.port);
  const direction = directionOf(connection.connectionDirection);
  addRemote(context, connection.remoteIpDetails, ['networkConnectionAction'], {
    direction,
    port,
    remotePort: remotePortDetails?.port,
  });
  addLocal(context, localIpDetails, ['networkConnectionAction']);
  return { layer: layerOfPort(port), direction, localPort: port, protocol: protocol ?? null };
}

type Probes = NonNullable<Action['portProbeAction']>['portProbeDetails'];

function addProbes(context: Context, probes: Probes): Traffic {
  const ports = probes.map(({ one }) => portOf(one.localPortDetails?.port));
  for (const [position, { one, index }] of probes.entries()) {
    const steps = ['portProbeAction', 'portProbeDetails', index];
    const port = ports[position];
    addRemote(context, one.remoteIpDetails, steps, { direction: 'inbound', port });
    addLocal(context, one.localIpDetails, steps);
  }
  const several = [...new Set(ports.filter((port) => port !== null))];
  if (several.length > 1)
    context.collector.note(`Several ports were probed: ${several.join(', ')}`);
  const { layer, port } = layerOfPorts(ports);
  return { layer, direction: 'inbound', localPort: port, protocol: 'TCP' };
}

function addDnsRequest(
  { collector, at }: Context,
  { domain, protocol }: NonNullable<Action['dnsRequestAction']>,
): Traffic {
  const path = at('dnsRequestAction', 'domain');
  collector.add({ kind: 'domain', value: domain, part: 'actor', path });
  return { layer: 'dns', direction: 'outbound', localPort: null, protocol: protocol ?? null };
}

function addLogin(
  context: Context,
  { remoteIpDetails, loginAttributes }: NonNullable<Action['rdsLoginAttemptAction']>,
): Traffic {
  const users = loginAttributes.map(({ one }) => one.user).filter(Boolean);
  addRemote(context, remoteIpDetails, ['rdsLoginAttemptAction'], {
    direction: 'inbound',
    loginAs: users.slice(0, 10).join(', '),
  });
  return { layer: 'network', direction: 'inbound', localPort: null, protocol: null };
}

function addApiCall(context: Context, call: NonNullable<Action['awsApiCallAction']>): Traffic {
  const { collector, at } = context;
  const { api, serviceName: service, userAgent, errorCode } = call;
  const attributes = { api, service, userAgent, errorCode };
  addRemote(context, call.remoteIpDetails, ['awsApiCallAction'], attributes);
  collector.add({
    kind: 'domain',
    value: call.domainDetails?.domain,
    part: 'related',
    path: at('awsApiCallAction', 'domainDetails', 'domain'),
  });
  for (const [type, value] of Object.entries(call.affectedResources ?? {})) {
    const kind = kindOfType(type);
    collector.add({
      kind,
      value: nameFromArn(kind, value),
      part: 'target',
      path: at('awsApiCallAction', 'affectedResources', type),
      attributes: { version: versionFromArn(kind, value) },
      place: placeInArn(value) ?? {},
    });
  }
  return API_CALL;
}

function addRemote(
  { collector, at }: Context,
  ip: z.infer<typeof RemoteIp>,
  steps: Steps,
  attributes: Attributes,
): void {
  for (const version of ['ipAddressV4', 'ipAddressV6'] as const)
    collector.add({
      kind: 'ip',
      value: ip?.[version],
      part: 'actor',
      path: at(...steps, 'remoteIpDetails', version),
      attributes: {
        ...attributes,
        country: ip?.country?.countryName,
        asn: ip?.organization?.asn,
        organization: ip?.organization?.asnOrg ?? ip?.organization?.org,
      },
    });
}

function addLocal({ collector, at }: Context, ip: z.infer<typeof LocalIp>, steps: Steps): void {
  for (const version of ['ipAddressV4', 'ipAddressV6'] as const)
    collector.add({
      kind: 'ip',
      value: ip?.[version],
      part: 'related',
      path: at(...steps, 'localIpDetails', version),
      attributes: OWN_ADDRESS,
    });
}
