// What the actors of an alert did: as the finding says, and as logs list.
import * as z from 'zod/mini';
import { isSensitive, isWriteName } from '../domain/activity.ts';
import type { Alert, Entity } from '../domain/alert.ts';
import type { ConfigEffect } from '../domain/config-changes.ts';
import type { Evidence } from '../domain/evidence.ts';
import type { EntityFacts } from '../domain/facts.ts';

export const Outcome = z.enum(['succeeded', 'failed', 'unknown']);
export type Outcome = z.infer<typeof Outcome>;

export const valuesOf = (
  evidence: readonly Evidence[],
  kind: Evidence['kind'],
  name: string,
): string[] =>
  evidence.filter((one) => one.kind === kind).flatMap(({ values }) => values[name] ?? []);

/** After one of these, a failed attempt no longer matters. */
const GIVES_ACCESS: readonly ConfigEffect[] = [
  'AdministratorAccess attached',
  'public access allowed',
];

/**
 * Whether logs of AWS list an act of an actor, even if the finding reports none: in CloudTrail, a change of IAM, of
 * logging or of a resource of the alert; in AWS Config, new access for an actor or to a target; in flow logs, a
 * connection that a forged address can't cause.
 */
export function logsShowAct(
  { entities }: Pick<Alert, 'entities'>,
  facts: readonly EntityFacts[],
): boolean {
  const isActor = (ref: string | null): boolean =>
    entities.some((one) => one.ref === ref && one.part === 'actor');
  const isRelated = (ref: string): boolean =>
    entities.some((one) => one.ref === ref && one.part === 'related');
  return facts.some(
    ({ ref, activity, changes, configChanges, flows }) =>
      (isActor(ref) && activity?.known && activity.value.changes.length > 0) ||
      (changes?.known &&
        changes.value.changes.some(({ by, succeeded }) => isActor(by) && succeeded > 0)) ||
      (configChanges?.known &&
        !isRelated(ref) &&
        configChanges.value.changes.some(({ effects }) =>
          effects.some((one) => GIVES_ACCESS.includes(one)),
        )) ||
      (flows?.known && flows.value.peers.some((peer) => isActor(peer.ref) && peer.proven > 0)),
  );
}

/**
 * Whether nothing came through to the hosts: flow logs that record everything list the connections of every attacking
 * address, all rejected; or everything that was seen is probes of a port that is no longer open to everyone.
 */
export function isKeptOut(
  { entities, evidence = [], firstSeenAt }: Attempted,
  facts: readonly EntityFacts[],
): boolean {
  const refsOf = (kind: Entity['kind'], part: Entity['part']): string[] =>
    entities.filter((one) => one.kind === kind && one.part === part).map(({ ref }) => ref);
  const [attackers, hosts] = [refsOf('ip', 'actor'), refsOf('instance', 'target')];
  const isRejected = ({ flows }: EntityFacts): boolean =>
    flows?.known === true &&
    flows.value.isComplete &&
    flows.value.recorded === 'all' &&
    flows.value.unreadable === 0 &&
    flows.value.otherPeers === 0 &&
    flows.value.peers.every(({ accepted }) => accepted === 0) &&
    attackers.every((ref) =>
      // Flow logs arrive late: what ends before the alert begins says nothing about it.
      flows.value.peers.some((peer) => peer.ref === ref && peer.lastAt >= (firstSeenAt ?? '~')),
    );
  const probed = valuesOf(evidence, 'port-probe', 'ports').flatMap((all) => all.split(', '));
  const isProbe = probed.length > 0 && evidence.every(({ kind }) => !CAME_THROUGH.includes(kind));
  const isClosed = ({ instance, configChanges }: EntityFacts): boolean => {
    const attacked = instance?.inbound?.known ? instance.inbound.value.attackedPort : null;
    const changes = configChanges?.known ? configChanges.value.changes : [];
    return (
      attacked?.isOpen === false &&
      probed.every((port) => port === String(attacked.port)) &&
      changes.some(({ closed }) => closed.some((one) => covers(one, attacked.port)))
    );
  };
  const known = facts.filter(({ ref }) => hosts.includes(ref));
  return (
    attackers.length > 0 &&
    hosts.length > 0 &&
    known.length === hosts.length &&
    known.every((one) => isRejected(one) || (isProbe && isClosed(one)))
  );
}

/** Whether `tcp 22`, `udp 1000-2000` or `everything` covers the port. */
function covers(reach: string, port: number): boolean {
  const [, from, to = from] = /^(?:tcp|udp) (\d+)(?:-(\d+))?$/.exec(reach) ?? [];
  return reach === 'everything' || (port >= Number(from) && port <= Number(to));
}

type Attempted = Pick<Alert, 'entities' | 'evidence'> & { firstSeenAt?: Alert['firstSeenAt'] };
/** More than a probe. */
const CAME_THROUGH: readonly Evidence['kind'][] = ['connection', 'login', 'api-call', 'process'];

/** Whether what was observed succeeded. */
export function outcomeOf(evidence: readonly Evidence[]): Outcome {
  const calls = evidence.filter(({ kind }) => kind === 'api-call');
  const all = [
    ...calls.map(({ values }) => values.error === undefined),
    ...valuesOf(evidence, 'kubernetes-call', 'status').map((status) => /^[12]\d\d$/.test(status)),
    ...evidence
      .filter(({ kind, values }) => kind === 'login' && 'failed' in values)
      .map(({ values }) => Number(values.successful ?? 0) > 0),
    ...(['connection', 'port-probe', 'dns-request'] as const)
      .flatMap((kind) => valuesOf(evidence, kind, 'blocked'))
      .map((blocked) => blocked !== 'true'),
  ];
  if (all.length === 0) return 'unknown';
  return all.some(Boolean) ? 'succeeded' : 'failed';
}

/** Whether a call of the finding changed IAM or logging. */
export const changesAccess = (evidence: readonly Evidence[]): boolean =>
  evidence.some(
    ({ kind, values: { service = '', api = '', error } }) =>
      kind === 'api-call' &&
      error === undefined &&
      isSensitive(service) &&
      api.split(', ').some(isWriteName),
  );

/** Whether the finding or a log shows a change of access, of logging or of a resource of the alert. */
export const hasActed = (
  alert: Pick<Alert, 'entities' | 'evidence'>,
  facts: readonly EntityFacts[],
): boolean => logsShowAct(alert, facts) || changesAccess(alert.evidence ?? []);

const READS = /^(Get|List|Describe|Lookup|Head|View|Search|BatchGet)/;
/** Reads that hand out data, secrets or credentials. */
const DATA = /Object|Secret|Parameter|PasswordData|Token|Credential|Decrypt|BatchGetItem|GetItem/;

/** Whether a call changed something, or read data or secrets. True if the finding names no call. */
export function isConsequential(evidence: readonly Evidence[]): boolean {
  const apis = valuesOf(evidence, 'api-call', 'api').flatMap((text) => text.split(', '));
  return apis.length === 0 || apis.some((api) => !READS.test(api) || DATA.test(api));
}
