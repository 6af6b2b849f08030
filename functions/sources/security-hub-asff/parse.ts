// Parses Security Hub findings in ASFF.
// @see https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
import * as z from 'zod/mini';
import { type FindingState, POSTURE, type Posture } from '../../domain/alert.ts';
import { InvalidInput } from '../../domain/errors.ts';
import type { Draft } from '../draft.ts';
import { createCollector } from '../entities.ts';
import { placeInArn } from '../entity-place.ts';
import {
  bool,
  guardDutyType,
  list,
  number,
  opt,
  readAs,
  severityFromLabel,
  severityOf,
  text,
  unknownTraffic,
} from '../fields.ts';
import { isSampleTitle } from '../guardduty/service.ts';
import { isGuardDuty, partOfCredentials, postureOf, productFrom, type Report } from '../product.ts';
import type { Finding } from '../source.ts';
import { actionFields, addAction } from './action.ts';
import { asffEvidence } from './evidence.ts';
import { addResources, Resources } from './resources.ts';

const AsffFinding = z.looseObject({
  ...actionFields,
  Id: text,
  ProductArn: text,
  ProductName: text,
  Types: list(z.string().check(z.minLength(1))),
  GeneratorId: text,
  AwsAccountId: text,
  Region: text,
  Title: text,
  Description: text,
  Severity: opt(z.looseObject({ Label: text, Normalized: number, Product: number })),
  CreatedAt: text,
  UpdatedAt: text,
  FirstObservedAt: text,
  LastObservedAt: text,
  RecordState: text,
  WorkflowState: text,
  Workflow: opt(z.looseObject({ Status: text })),
  Sample: bool,
  Compliance: opt(z.looseObject({ Status: text })),
  Vulnerabilities: list(z.looseObject({})),
  Resources,
});
type AsffFinding = z.infer<typeof AsffFinding>;

/** Throws InvalidInput if the finding has neither a type nor a generator. */
export function readAsff({ body, path, envelope }: Finding): Draft {
  const finding = readAs(AsffFinding, body, path);
  const type = typeOf(finding);
  if (!type) throw new InvalidInput(`${path}.Types: expected at least one type`);
  const collector = createCollector();
  const deed = addAction(collector, finding, path);
  const report = reportOf(finding);
  const { callerOf } = deed;
  const traffic = deed.traffic ?? unknownTraffic;
  const aboutResources = addResources(collector, finding.Resources, {
    path,
    credentials: partOfCredentials(report, traffic),
    callerOf,
  });
  const { Severity, Types } = finding;
  const further = Types.map(({ one }) => one).slice(1);
  if (further.length > 0) collector.note(`Other types: ${further.join('; ')}`);
  return {
    source: 'securityhub-asff',
    findingId: finding.Id,
    type,
    title: finding.Title,
    description: finding.Description,
    severity:
      severityFromLabel(Severity?.Label) ??
      (typeof Severity?.Normalized === 'number' ? severityOf(Severity.Normalized / 10) : null) ??
      (typeof Severity?.Product === 'number' ? severityOf(Severity.Product) : null),
    accounts: [finding.AwsAccountId, envelope.account],
    regions: [finding.Region, placeInArn(finding.Id)?.region, envelope.region],
    times: {
      first: finding.FirstObservedAt ?? finding.CreatedAt,
      last: finding.LastObservedAt,
      updated: finding.UpdatedAt ?? envelope.time,
    },
    count: deed.count,
    sample:
      finding.Sample === true ||
      deed.sample ||
      (isGuardDuty(report.product) && isSampleTitle(finding.Title)),
    state: stateOf(finding, deed.state),
    traffic,
    collector,
    evidence: asffEvidence(body, path),
    about: {
      ...deed.about,
      ...aboutResources,
      [POSTURE]: postureOf(report),
    },
  };
}

/** @see https://docs.aws.amazon.com/securityhub/latest/userguide/finding-workflow-status.html */
function stateOf(
  { RecordState, Workflow, WorkflowState, Compliance }: AsffFinding,
  inGuardDuty: FindingState,
): FindingState {
  // WorkflowState is the older field, and stays NEW in newer findings.
  const workflow = Workflow?.Status ?? WorkflowState;
  if (RecordState === 'ARCHIVED') return 'archived';
  if (workflow === 'SUPPRESSED') return 'suppressed';
  if (Compliance?.Status === 'PASSED') return 'passed';
  return workflow === 'RESOLVED' ? 'resolved' : inGuardDuty;
}

/** GuardDuty's own type name if Security Hub carries it, so that both deliveries of a finding have the same type. */
const typeOf = ({ Types, GeneratorId }: AsffFinding): string | null =>
  guardDutyType(Types.map(({ one }) => one)) ?? Types[0]?.one ?? GeneratorId ?? null;

const reportOf = (finding: AsffFinding): Report => ({
  product: productFrom(
    finding.ProductArn,
    finding.ProductName,
    text.parse(finding.ProductFields?.['aws/securityhub/ProductName']),
    /^arn:[a-z-]*:([a-z-]+):/.exec(finding.Id ?? '')?.[1],
  ),
  types: finding.Types.map(({ one }) => one),
  structure: structureOf(finding),
});

/** Only posture checks have a compliance status or vulnerabilities. */
function structureOf(finding: AsffFinding): Posture | null {
  if (finding.Compliance?.Status) return 'configuration';
  return finding.Vulnerabilities.length > 0 ? 'vulnerability' : null;
}
