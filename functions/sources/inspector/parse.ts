// Parses Inspector findings: a vulnerability, never an attack.
// @see https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
import * as z from 'zod/mini';
import { type EntityKind, type FindingState, POSTURE, type Posture } from '../../domain/alert.ts';
import type { Draft } from '../draft.ts';
import { createCollector } from '../entities.ts';
import { placeInArn } from '../entity-place.ts';
import {
  list,
  opt,
  readAs,
  severityFromLabel,
  text,
  unknownTraffic,
  withMonthNumber,
} from '../fields.ts';
import { evidenceIn, type Spec } from '../read-evidence.ts';
import { nameFromArn, versionFromArn } from '../resource-kinds.ts';
import type { Finding } from '../source.ts';

const InspectorFinding = z.looseObject({
  findingArn: text,
  awsAccountId: text,
  type: z.string().check(z.minLength(1), z.maxLength(200)),
  title: text,
  description: text,
  severity: text,
  status: text,
  firstObservedAt: text,
  lastObservedAt: text,
  updatedAt: text,
  packageVulnerabilityDetails: opt(z.looseObject({ vulnerabilityId: text })),
  exploitAvailable: text,
  resources: list(z.looseObject({ id: text, type: text, region: text })),
});

const KINDS: ReadonlyMap<string | null | undefined, EntityKind> = new Map([
  ['AWS_EC2_INSTANCE', 'instance'],
  ['AWS_LAMBDA_FUNCTION', 'function'],
]);

/** @see https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html */
const STATES: ReadonlyMap<string, FindingState> = new Map([
  ['CLOSED', 'resolved'],
  ['SUPPRESSED', 'suppressed'],
]);

export const EVIDENCE: readonly Spec[] = [
  {
    kind: 'vulnerability',
    at: '',
    values: {
      id: 'packageVulnerabilityDetails.vulnerabilityId',
      severity: 'severity',
      score: 'inspectorScore',
      exploitAvailable: 'exploitAvailable',
      fixAvailable: 'fixAvailable',
      epss: 'epss.score',
      packages: 'packageVulnerabilityDetails.vulnerablePackages[].name',
      reachablePorts: 'networkReachabilityDetails.openPortRange.begin',
      protocol: 'networkReachabilityDetails.protocol',
      lastExploited: 'exploitabilityDetails.lastKnownExploitAt',
    },
    untrusted: { remediation: 'remediation.recommendation.text' },
  },
];

export function readInspector({ body, path, envelope }: Finding): Draft {
  const finding = readAs(InspectorFinding, body, path);
  const collector = createCollector();
  for (const { one, index } of finding.resources) {
    const kind = KINDS.get(one.type) ?? 'resource';
    collector.add({
      kind,
      value: nameFromArn(kind, one.id),
      part: 'target',
      path: `${path}.resources[${index}].id`,
      attributes: { arn: one.id, resourceType: one.type, version: versionFromArn(kind, one.id) },
      place: { region: one.region },
    });
  }
  return {
    source: 'inspector',
    findingId: finding.findingArn,
    type: `Inspector:${finding.type}`,
    title: finding.title,
    description: finding.description,
    severity: severityFromLabel(finding.severity === 'UNTRIAGED' ? 'MEDIUM' : finding.severity),
    accounts: [finding.awsAccountId, placeInArn(finding.findingArn)?.account, envelope.account],
    regions: [
      finding.resources[0]?.one.region,
      placeInArn(finding.findingArn)?.region,
      envelope.region,
    ],
    times: {
      first: withMonthNumber(finding.firstObservedAt),
      last: withMonthNumber(finding.lastObservedAt),
      updated: withMonthNumber(finding.updatedAt) ?? envelope.time,
    },
    count: 1,
    sample: false,
    state: STATES.get(finding.status ?? '') ?? 'active',
    traffic: unknownTraffic,
    collector,
    evidence: evidenceIn(body, EVIDENCE, path),
    about: {
      [POSTURE]: 'vulnerability' satisfies Posture,
      vulnerabilityId: finding.packageVulnerabilityDetails?.vulnerabilityId,
      exploitAvailable: finding.exploitAvailable,
    },
  };
}
