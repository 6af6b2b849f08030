// The action of an ASFF finding: the remote side and the traffic.
// @see https://docs.aws.amazon.com/securityhub/latest/userguide/asff-top-level-attributes.html
import * as z from 'zod/mini';
import type { Alert } from '../../domain/alert.ts';
import { type Collector, OWN_ADDRESS } from '../entities.ts';
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
import { type Caller, remoteCaller } from '../guardduty/caller.ts';
import { member } from '../guardduty/casing.ts';

type Traffic = Alert['traffic'];
type Text = string | null | undefined;

const RemoteIp = opt(z.looseObject({ IpAddressV4: text }));
const LocalPort = opt(z.looseObject({ Port: number }));
export const actionFields = {
  ProductFields: opt(z.record(z.string(), z.unknown())),
  Network: opt(
    z.looseObject({
      Direction: text,
      Protocol: text,
      SourceIpV4: text,
      SourceIpV6: text,
      SourcePort: number,
      DestinationIpV4: text,
      DestinationIpV6: text,
      DestinationPort: number,
    }),
  ),
  Action: opt(
    z.looseObject({
      NetworkConnectionAction: opt(
        z.looseObject({
          ConnectionDirection: text,
          Protocol: text,
          RemoteIpDetails: RemoteIp,
          LocalPortDetails: LocalPort,
        }),
      ),
      AwsApiCallAction: opt(z.looseObject({ RemoteIpDetails: RemoteIp, CallerType: text })),
      PortProbeAction: opt(
        z.looseObject({
          PortProbeDetails: list(
            z.looseObject({ RemoteIpDetails: RemoteIp, LocalPortDetails: LocalPort }),
          ),
        }),
      ),
      DnsRequestAction: opt(z.looseObject({ Domain: text, Protocol: text })),
    }),
  ),
};
const Fields = z.looseObject(actionFields);
type Fields = z.infer<typeof Fields>;

/** Adds actors from all three parts of the finding. Returns the traffic of the first part that describes it. */
export function addAction(collector: Collector, finding: Fields, path: string): Traffic {
  const seen = [
    fromAction(collector, finding.Action, `${path}.Action`),
    fromNetwork(collector, finding.Network, `${path}.Network`),
    fromProductFields(collector, finding.ProductFields, `${path}.ProductFields`),
  ];
  return seen.find((traffic) => traffic !== null) ?? unknownTraffic;
}

function fromAction(collector: Collector, action: Fields['Action'], path: string): Traffic | null {
  const remote = (ip: z.infer<typeof RemoteIp>, where: string) =>
    collector.add({
      kind: 'ip',
      value: ip?.IpAddressV4,
      part: 'actor',
      path: `${path}.${where}.RemoteIpDetails.IpAddressV4`,
    });
  const connection = action?.NetworkConnectionAction;
  if (connection) {
    remote(connection.RemoteIpDetails, 'NetworkConnectionAction');
    const port = portOf(connection.LocalPortDetails?.Port);
    return {
      layer: layerOfPort(port),
      direction: directionOf(connection.ConnectionDirection),
      localPort: port,
      protocol: connection.Protocol ?? null,
    };
  }
  if (action?.PortProbeAction) {
    const probes = action.PortProbeAction.PortProbeDetails;
    for (const { one, index } of probes)
      remote(one.RemoteIpDetails, `PortProbeAction.PortProbeDetails[${index}]`);
    const { layer, port } = layerOfPorts(
      probes.map(({ one }) => portOf(one.LocalPortDetails?.Port)),
    );
    return { layer, direction: 'inbound', localPort: port, protocol: 'TCP' };
  }
  if (action?.DnsRequestAction) {
    const { Domain: value, Protocol } = action.DnsRequestAction;
    const at = `${path}.DnsRequestAction.Domain`;
    collector.add({ kind: 'domain', value, part: 'actor', path: at });
    return { ...unknownTraffic, layer: 'dns', direction: 'outbound', protocol: Protocol ?? null };
  }
  if (!action?.AwsApiCallAction) return null;
  remote(action.AwsApiCallAction.RemoteIpDetails, 'AwsApiCallAction');
  return { ...unknownTraffic, layer: 'aws-api', direction: 'inbound' };
}

/** The direction decides which end belongs to this account. Without a direction, neither end is the actor. */
function fromNetwork(
  collector: Collector,
  network: Fields['Network'],
  path: string,
): Traffic | null {
  if (!network) return null;
  const direction = directionOf(network.Direction);
  for (const [end, remoteWhen] of [
    ['Source', 'inbound'],
    ['Destination', 'outbound'],
  ] as const)
    for (const version of ['IpV4', 'IpV6'] as const) {
      const isRemote = direction === remoteWhen;
      collector.add({
        kind: 'ip',
        value: network[`${end}${version}`],
        part: isRemote ? 'actor' : 'related',
        path: `${path}.${end}${version}`,
        attributes: isRemote || direction === 'unknown' ? {} : OWN_ADDRESS,
      });
    }
  const local = direction === 'outbound' ? network.SourcePort : network.DestinationPort;
  const port = direction === 'unknown' ? null : portOf(local);
  return {
    layer: layerOfPort(port),
    direction,
    localPort: port,
    protocol: network.Protocol ?? null,
  };
}

const LAYERS: ReadonlyMap<string | undefined, Traffic['layer']> = new Map([
  ['AWS_API_CALL', 'aws-api'],
  ['KUBERNETES_API_CALL', 'aws-api'],
  ['DNS_REQUEST', 'dns'],
  ['NETWORK_CONNECTION', 'network'],
  ['PORT_PROBE', 'network'],
  ['RDS_LOGIN_ATTEMPT', 'network'],
]);

/**
 * GuardDuty's finding, flattened to keys such as `aws/guardduty/service/action/actionType`. Some keys lack the prefix.
 */
function fromProductFields(
  collector: Collector,
  fields: Fields['ProductFields'],
  path: string,
): Traffic | null {
  const named = Object.entries(fields ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' ? [{ name, value, path: `${path}${member(name)}` }] : [],
  );
  const ending = (pattern: RegExp) => named.filter(({ name }) => pattern.test(name));
  for (const { value, path: at } of ending(/remoteIpDetails[./]ipAddressV[46]$/i))
    collector.add({ kind: 'ip', value, part: 'actor', path: at });
  for (const { value, path: at } of ending(/dnsRequestAction[./]domain$/i))
    collector.add({ kind: 'domain', value, part: 'actor', path: at });

  const actionType = ending(/(^|[./])action[./]actionType$/i)[0]?.value;
  const layer = LAYERS.get(actionType);
  if (!layer) return null;
  const said = directionOf(ending(/[./]connectionDirection$/i)[0]?.value);
  const direction = actionType === 'DNS_REQUEST' ? 'outbound' : said;
  if (layer !== 'network') return { ...unknownTraffic, layer, direction };
  const { layer: byPort, port } = layerOfPorts(
    ending(/localPortDetails[./]port$/i).map(({ value }) => portOf(Number(value))),
  );
  const inbound = actionType === 'PORT_PROBE' || actionType === 'RDS_LOGIN_ATTEMPT';
  return {
    ...unknownTraffic,
    layer: byPort,
    direction: inbound ? 'inbound' : direction,
    localPort: port,
  };
}

/** The caller of an API call, if it is of another account: from GuardDuty's fields, flattened by Security Hub. */
export function callerOf({ Action, ProductFields }: Fields, userType: Text): Caller | null {
  const ending = (pattern: RegExp) =>
    text.parse(Object.entries(ProductFields ?? {}).find(([name]) => pattern.test(name))?.[1]);
  return remoteCaller({
    accountId: ending(/[./]remoteAccountDetails[./]accountId$/i),
    affiliated: bool.parse(ending(/[./]remoteAccountDetails[./]affiliated$/i)),
    callerType: Action?.AwsApiCallAction?.CallerType ?? ending(/[./]callerType$/i),
    userType,
  });
}
