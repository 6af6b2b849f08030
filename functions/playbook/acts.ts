// What the actors of an alert did: as the finding says, and as logs list.
import * as z from 'zod/mini';
import { isRoutine, isSensitive, isWriteName } from '../domain/activity.ts';
import type { Alert } from '../domain/alert.ts';
import type { ConfigEffect } from '../domain/config-changes.ts';
import type { Evidence } from '../domain/evidence.ts';
import { type EntityFacts, knownOf } from '../domain/facts.ts';

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
      (isActor(ref) && (knownOf(activity)?.changes.length ?? 0) > 0) ||
      knownOf(changes)?.changes.some(({ by, succeeded }) => isActor(by) && succeeded > 0) ||
      (!isRelated(ref) &&
        knownOf(configChanges)?.changes.some(({ effects }) =>
          effects.some((one) => GIVES_ACCESS.includes(one)),
        )) ||
      knownOf(flows)?.peers.some((peer) => isActor(peer.ref) && peer.proven > 0),
  );
}

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
      api.split(', ').some((one) => isWriteName(one) && !isRoutine(one)),
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
