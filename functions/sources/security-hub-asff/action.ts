// The action of an ASFF finding: actors and traffic, from every part of it.
// @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html
import * as z from 'zod/mini';
import type { Alert } from '../../domain/alert.ts';
import { type Collector, OWN_ADDRESS } from '../entities.ts';
import { directionOf, layerOfPort, list, number, opt, portOf, text } from '../fields.ts';
import { type Caller, remoteCaller } from '../guardduty/caller.ts';
import { camelKeys, originalPath } from '../guardduty/casing.ts';
import { serviceIn } from '../guardduty/flattened.ts';
import { readService, Service } from '../guardduty/service.ts';

type Traffic = Alert['traffic'];
type Text = string | null | undefined;

export const actionFields = {
  ProductFields: opt(z.record(z.string(), z.unknown())),
  Network: opt(
    z.looseObject({
      Direction: text,
      Protocol: text,
      SourceIpV4: text,
      SourceIpV6: text,
      SourceDomain: text,
      SourcePort: number,
      DestinationIpV4: text,
      DestinationIpV6: text,
      DestinationDomain: text,
      DestinationPort: number,
    }),
  ),
  /** GuardDuty's action and sequence, in the casing of the API. */
  Action: z._default(z.unknown(), null),
  Detection: z._default(z.unknown(), null),
  ThreatIntelIndicators: list(z.looseObject({ Type: text, Value: text })),
};
const Fields = z.looseObject(actionFields);
type Fields = z.infer<typeof Fields>;

type Deed = Omit<ReturnType<typeof readService>, 'traffic'> & {
  traffic: Traffic | null;
  count: number | null | undefined;
  /** The caller of an API call, if it is of another account. */
  callerOf(userType: Text): Caller | null;
};

/** Adds actors from all parts of the finding. The traffic is that of the first part that describes it. */
export function addAction(collector: Collector, finding: Fields, path: string): Deed {
  const original = { action: finding.Action, detection: finding.Detection };
  const inBlocks = Service.parse(camelKeys(original));
  const flat = serviceIn(finding.ProductFields, `${path}.ProductFields`);
  const { resourceRole } = flat.service;
  const blocks = readService(collector, { ...inBlocks, resourceRole }, (first, ...steps) => {
    const block = first === 'action' ? 'Action' : 'Detection';
    return originalPath(`${path}.${block}`, Reflect.get(original, String(first)), steps);
  });
  const network = fromNetwork(collector, finding.Network, `${path}.Network`);
  const fields = readService(collector, flat.service, flat.at);
  addIndicators(collector, finding, path);
  const calls = [inBlocks, flat.service].map(({ action }) => action?.awsApiCallAction);
  const account = calls.map((call) => call?.remoteAccountDetails).find((one) => one?.accountId);
  return {
    traffic: blocks.traffic ?? network ?? fields.traffic,
    sample: blocks.sample || fields.sample,
    state: fields.state,
    about: { ...fields.about, signals: blocks.about.signals || fields.about.signals },
    count: flat.service.count,
    callerOf: (userType) =>
      remoteCaller({
        accountId: account?.accountId,
        affiliated: account?.affiliated,
        callerType: calls.map((call) => call?.callerType).find(Boolean),
        userType,
      }),
  };
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
  ] as const) {
    const isRemote = direction === remoteWhen;
    const part = isRemote ? 'actor' : 'related';
    for (const version of ['IpV4', 'IpV6'] as const)
      collector.add({
        kind: 'ip',
        value: network[`${end}${version}`],
        part,
        path: `${path}.${end}${version}`,
        attributes: isRemote || direction === 'unknown' ? {} : OWN_ADDRESS,
      });
    const value = network[`${end}Domain`];
    collector.add({ kind: 'domain', value, part, path: `${path}.${end}Domain` });
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

/** An indicator is known as malicious. The finding does not say whether it took part. */
function addIndicators(collector: Collector, finding: Fields, path: string): void {
  for (const { one, index } of finding.ThreatIntelIndicators) {
    const kind = /^IPV[46]_ADDRESS$/.test(one.Type ?? '')
      ? 'ip'
      : one.Type === 'DOMAIN'
        ? 'domain'
        : null;
    const at = `${path}.ThreatIntelIndicators[${index}].Value`;
    if (kind) collector.add({ kind, value: one.Value, part: 'related', path: at });
  }
}
