// A GuardDuty finding, in either casing and with any part missing, as a draft of an alert.
// @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html
import { z } from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { camelKeys, originalPath } from './casing.ts';
import type { Draft } from './draft.ts';
import { type Collector, createCollector } from './entities.ts';
import { addResources, Resource } from './guardduty-resources.ts';
import { addSequence, Sequence } from './guardduty-sequence.ts';
import {
  bool,
  directionOf,
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

const Port = opt(z.looseObject({ port: number }));
const RemoteIp = opt(
  z.looseObject({
    ipAddressV4: text,
    ipAddressV6: text,
    country: opt(z.looseObject({ countryName: text })),
    organization: opt(z.looseObject({ asn: text, asnOrg: text, org: text })),
  }),
);
const Action = z.looseObject({
  actionType: text,
  networkConnectionAction: opt(
    z.looseObject({
      connectionDirection: text,
      protocol: text,
      localPortDetails: Port,
      remoteIpDetails: RemoteIp,
    }),
  ),
  portProbeAction: opt(
    z.looseObject({
      portProbeDetails: list(z.looseObject({ localPortDetails: Port, remoteIpDetails: RemoteIp })),
    }),
  ),
  dnsRequestAction: opt(z.looseObject({ domain: text, protocol: text })),
  awsApiCallAction: opt(
    z.looseObject({
      api: text,
      serviceName: text,
      remoteIpDetails: RemoteIp,
      domainDetails: opt(z.looseObject({ domain: text })),
    }),
  ),
  kubernetesApiCallAction: opt(z.looseObject({ requestUri: text, remoteIpDetails: RemoteIp })),
  rdsLoginAttemptAction: opt(z.looseObject({ remoteIpDetails: RemoteIp })),
});
type Action = z.infer<typeof Action>;

const GuardDutyFinding = z.looseObject({
  id: text,
  type: z.string().min(1).max(256),
  title: text,
  description: text,
  severity: opt(z.union([z.number(), z.string()])),
  accountId: text,
  arn: text,
  region: text,
  createdAt: text,
  updatedAt: text,
  resource: opt(Resource),
  service: opt(
    z.looseObject({
      action: opt(Action),
      count: number,
      archived: bool,
      eventFirstSeen: text,
      eventLastSeen: text,
      additionalInfo: opt(z.looseObject({ sample: bool, value: text })),
      detection: opt(z.looseObject({ sequence: opt(Sequence) })),
    }),
  ),
});

/** Throws InvalidInput when it has no type: that is the one part without which nothing can be decided. */
export function readGuardDuty({ body, path, envelope }: Finding): Draft {
  const parsed = GuardDutyFinding.safeParse(camelKeys(body));
  if (!parsed.success)
    throw new InvalidInput(`${path}: ${z.prettifyError(parsed.error)}`.slice(0, 500));
  const { service, resource, ...finding } = parsed.data;
  const at = (...steps: (string | number)[]) => originalPath(path, body, steps);
  const collector = createCollector();
  const action = service?.action ?? null;
  const seen = action ? addAction(collector, action, at) : null;
  if (resource) addResources(collector, resource, at);
  if (service?.detection?.sequence) addSequence(collector, service.detection.sequence, at);

  return {
    source: 'guardduty',
    findingId: finding.id,
    type: finding.type,
    title: finding.title,
    description: finding.description,
    severity: severity(finding.severity),
    accounts: [finding.accountId, accountOfArn(finding.arn), envelope.account],
    regions: [finding.region, envelope.region, finding.arn?.split(':')[3]],
    times: {
      first: service?.eventFirstSeen ?? finding.createdAt,
      last: service?.eventLastSeen,
      updated: finding.updatedAt ?? envelope.time,
    },
    count: service?.count,
    sample: isSample(service?.additionalInfo),
    archived: service?.archived ?? false,
    traffic: seen ?? { layer: 'unknown', direction: 'unknown', localPort: null, protocol: null },
    collector,
    notes: action || service?.detection?.sequence ? [] : ['The finding does not say what was done'],
  };
}

const accountOfArn = (arn: string | null | undefined) => arn?.split(':')[4];

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
    // Not JSON: then it says nothing about samples.
    return false;
  }
}

type At = (...steps: (string | number)[]) => string;
type Traffic = Draft['traffic'];

/** What was done, and by whom: the remote side of it is the actor. */
function addAction(collector: Collector, action: Action, at: At): Traffic | null {
  const remote = (ip: z.infer<typeof RemoteIp>, steps: (string | number)[], attributes = {}) => {
    const described = {
      ...attributes,
      country: ip?.country?.countryName,
      asn: ip?.organization?.asn,
      organization: ip?.organization?.asnOrg ?? ip?.organization?.org,
    };
    for (const version of ['ipAddressV4', 'ipAddressV6'] as const)
      collector.add({
        kind: 'ip',
        value: ip?.[version],
        part: 'actor',
        path: at('service', 'action', ...steps, 'remoteIpDetails', version),
        attributes: described,
      });
  };

  const connection = action.networkConnectionAction;
  if (connection) {
    const port = portOf(connection.localPortDetails?.port);
    const direction = directionOf(connection.connectionDirection);
    remote(connection.remoteIpDetails, ['networkConnectionAction'], { direction, port });
    return {
      layer: layerOfPort(port),
      direction,
      localPort: port,
      protocol: connection.protocol ?? null,
    };
  }
  const probes = action.portProbeAction?.portProbeDetails ?? [];
  if (action.portProbeAction) {
    for (const { one, index } of probes)
      remote(one.remoteIpDetails, ['portProbeAction', 'portProbeDetails', index], {
        direction: 'inbound',
        port: one.localPortDetails?.port,
      });
    const port = portOf(probes[0]?.one.localPortDetails?.port);
    return { layer: layerOfPort(port), direction: 'inbound', localPort: port, protocol: 'TCP' };
  }
  if (action.dnsRequestAction) {
    const { domain, protocol } = action.dnsRequestAction;
    collector.add({
      kind: 'domain',
      value: domain,
      part: 'actor',
      path: at('service', 'action', 'dnsRequestAction', 'domain'),
    });
    return { layer: 'dns', direction: 'outbound', localPort: null, protocol: protocol ?? null };
  }
  if (action.rdsLoginAttemptAction) {
    remote(action.rdsLoginAttemptAction.remoteIpDetails, ['rdsLoginAttemptAction']);
    return { layer: 'network', direction: 'inbound', localPort: null, protocol: null };
  }
  return addApiCall(collector, action, at, remote);
}

function addApiCall(
  collector: Collector,
  action: Action,
  at: At,
  remote: (ip: z.infer<typeof RemoteIp>, steps: string[], attributes?: object) => void,
): Traffic | null {
  const call = action.awsApiCallAction;
  if (call) {
    remote(call.remoteIpDetails, ['awsApiCallAction'], {
      api: call.api,
      service: call.serviceName,
    });
    collector.add({
      kind: 'domain',
      value: call.domainDetails?.domain,
      part: 'related',
      path: at('service', 'action', 'awsApiCallAction', 'domainDetails', 'domain'),
    });
  }
  const kubernetes = action.kubernetesApiCallAction;
  if (kubernetes)
    remote(kubernetes.remoteIpDetails, ['kubernetesApiCallAction'], { uri: kubernetes.requestUri });
  return call || kubernetes
    ? { layer: 'aws-api', direction: 'inbound', localPort: null, protocol: null }
    : null;
}
