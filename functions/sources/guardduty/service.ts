// The service block of a GuardDuty finding: what happened, how often, why.
// @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Service.html

import * as z from 'zod/mini';
import type { FindingState } from '../../domain/alert.ts';
import { jsonOf } from '../../domain/json.ts';
import { parseAddress } from '../../platform/ip-address.ts';
import type { Draft } from '../draft.ts';
import type { Attributes, Collector } from '../entities.ts';
import { bool, list, number, opt, text } from '../fields.ts';
import { Action, addAction } from './action.ts';
import type { At } from './casing.ts';
import { addSequence, Sequence } from './sequence.ts';

const Named = list(z.looseObject({ name: text }));
export const Service = z.looseObject({
  action: opt(Action),
  count: number,
  archived: bool,
  eventFirstSeen: text,
  eventLastSeen: text,
  resourceRole: text,
  additionalInfo: opt(z.looseObject({ sample: bool, value: text, threatListName: text })),
  detection: opt(z.looseObject({ sequence: opt(Sequence) })),
  evidence: opt(
    z.looseObject({
      threatIntelligenceDetails: list(
        z.looseObject({ threatListName: text, threatNames: list(z.string()) }),
      ),
    }),
  ),
  runtimeDetails: opt(
    z.looseObject({
      process: opt(
        z.looseObject({ name: text, executablePath: text, executableSha256: text, user: text }),
      ),
      context: opt(z.looseObject({ socketAddress: text, ianaProtocolNumber: number })),
    }),
  ),
  malwareScanDetails: opt(z.looseObject({ threats: Named })),
  ebsVolumeScanDetails: opt(
    z.looseObject({
      scanDetections: opt(
        z.looseObject({ threatDetectedByName: opt(z.looseObject({ threatNames: Named })) }),
      ),
    }),
  ),
});
export type Service = z.infer<typeof Service>;

type ServiceBlock = {
  /** Null if the block describes none. */
  traffic: Draft['traffic'] | null;
  sample: boolean;
  state: FindingState;
  about: Attributes;
};

/** Adds the actors, and the local ends of their connections. `at` builds paths relative to the block. */
export function readService(collector: Collector, service: Service, at: At): ServiceBlock {
  const { action, detection, additionalInfo } = service;
  const seen = action
    ? addAction({ collector, at: (...steps) => at('action', ...steps) }, action)
    : null;
  const traffic = seen ?? addSocket(collector, service, at);
  const sequence = detection?.sequence;
  if (sequence)
    addSequence(collector, sequence, (...steps) => at('detection', 'sequence', ...steps));
  return {
    traffic: traffic && byRole(traffic, service, collector),
    sample: isSample(additionalInfo),
    state: service.archived ? 'archived' : 'active',
    about: about(service),
  };
}

/**
 * GuardDuty says who acts, even where the direction of the connection is unknown or wrong. An instance that it names as
 * the actor started the traffic.
 */
function byRole(
  traffic: Draft['traffic'],
  { resourceRole, action }: Service,
  collector: Collector,
): Draft['traffic'] {
  const acts = /^(actor|source)$/i.test(resourceRole ?? '');
  if (!acts || !action?.networkConnectionAction || traffic.direction === 'outbound') return traffic;
  collector.note(
    `GuardDuty names the resource as the actor, so the ${traffic.direction} traffic is treated as outbound`,
  );
  return { ...traffic, direction: 'outbound' };
}

const PROTOCOLS: ReadonlyMap<number | null | undefined, string> = new Map([
  [6, 'TCP'],
  [17, 'UDP'],
]);

/** The other end of a socket that a process opened: `203.0.113.66:4444` or `[2001:db8::66]:4444`. */
function addSocket(
  collector: Collector,
  { runtimeDetails }: Service,
  at: At,
): Draft['traffic'] | null {
  const context = runtimeDetails?.context;
  const written = context?.socketAddress ?? '';
  const [, inBrackets, ipv4, port] = /^(?:\[(.+)\]|([\d.]+)):(\d+)$/.exec(written) ?? [];
  const value = inBrackets ?? ipv4 ?? written;
  const parsed = parseAddress(value);
  if (!parsed) return null;
  const isLocal = ['loopback', 'unspecified'].includes(parsed.address.range());
  collector.add({
    kind: 'ip',
    value,
    part: isLocal ? 'related' : 'actor',
    path: at('runtimeDetails', 'context', 'socketAddress'),
    attributes: { remotePort: port },
  });
  const protocol = PROTOCOLS.get(context?.ianaProtocolNumber) ?? null;
  return { layer: 'network', direction: 'outbound', localPort: null, protocol };
}

/** Attributes of the whole finding: why it was raised, and which process ran. */
function about(service: Service): Attributes {
  const { evidence, additionalInfo, runtimeDetails, detection } = service;
  const threats = evidence?.threatIntelligenceDetails.map(({ one }) => one) ?? [];
  const malware = [
    ...(service.malwareScanDetails?.threats ?? []),
    ...(service.ebsVolumeScanDetails?.scanDetections?.threatDetectedByName?.threatNames ?? []),
  ];
  return {
    threatLists: joined([
      ...threats.map(({ threatListName }) => threatListName),
      additionalInfo?.threatListName,
    ]),
    threats: joined([
      ...threats.flatMap(({ threatNames }) => threatNames.map(({ one }) => one)),
      ...malware.map(({ one }) => one.name),
    ]),
    process: runtimeDetails?.process?.name,
    executable: runtimeDetails?.process?.executablePath,
    executableSha256: runtimeDetails?.process?.executableSha256,
    processUser: runtimeDetails?.process?.user,
    signals: joined(detection?.sequence?.signals.map(({ one }) => one.name) ?? []),
    resourceRole: service.resourceRole,
  };
}

const joined = (texts: readonly (string | null | undefined)[]) =>
  [...new Set(texts.filter(Boolean))].slice(0, 20).join(', ');

/** GuardDuty marks its samples in additionalInfo, directly or inside a JSON string. */
function isSample(info: Service['additionalInfo']): boolean {
  return info?.sample === true || saysSample(info?.value);
}

/** Whether the text is JSON with GuardDuty's mark of a sample. */
const saysSample = (json: string | null | undefined): boolean =>
  (jsonOf(json) as { sample?: unknown } | null | undefined)?.sample === true;

/** GuardDuty begins the titles of its samples with this. No name of a resource can precede it. */
export const isSampleTitle = (title: string | null | undefined): boolean =>
  title?.startsWith('[SAMPLE]') ?? false;
