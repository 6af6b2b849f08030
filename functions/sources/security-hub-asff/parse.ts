// Parses Security Hub findings in ASFF.
// @see https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
import * as z from 'zod/mini';
import { type FindingState, POSTURE, type Posture } from '../../domain/alert.ts';
import { InvalidInput } from '../../domain/errors.ts';
import type { Draft } from '../draft.ts';
import { type Collector, createCollector, OWN_ADDRESS } from '../entities.ts';
import { placeInArn } from '../entity-place.ts';
import {
  guardDutyType,
  list,
  number,
  opt,
  readAs,
  severityFromLabel,
  severityOf,
  text,
} from '../fields.ts';
import { attributesOf } from '../guardduty/caller.ts';
import { isAccount, kindOfType, nameFromArn, versionFromArn } from '../resource-kinds.ts';
import type { Finding } from '../source.ts';
import { actionFields, addAction, callerOf } from './action.ts';

const AsffFinding = z.looseObject({
  ...actionFields,
  Id: text,
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
  Workflow: opt(z.looseObject({ Status: text })),
  Sample: opt(z.boolean()),
  Compliance: opt(z.looseObject({ Status: text })),
  Vulnerabilities: list(z.looseObject({})),
  Resources: list(
    z.looseObject({
      Type: text,
      Id: text,
      Region: text,
      Details: opt(
        z.looseObject({
          AwsIamAccessKey: opt(
            z.looseObject({
              AccessKeyId: text,
              AccountId: text,
              PrincipalName: text,
              PrincipalType: text,
              UserName: text,
            }),
          ),
          AwsEc2Instance: opt(
            z.looseObject({
              SubnetId: text,
              VpcId: text,
              IpV4Addresses: list(z.string()),
              IpV6Addresses: list(z.string()),
            }),
          ),
        }),
      ),
    }),
  ),
});
type AsffFinding = z.infer<typeof AsffFinding>;

/** GuardDuty's own mark, which Security Hub carries as text. */
const SAMPLE = 'aws/guardduty/service/additionalInfo/sample';

/** Throws InvalidInput if the finding has neither a type nor a generator. */
export function readAsff({ body, path, envelope }: Finding): Draft {
  const finding = readAs(AsffFinding, body, path);
  const type = typeOf(finding);
  if (!type) throw new InvalidInput(`${path}.Types: expected at least one type`);
  const collector = createCollector();
  const traffic = addAction(collector, finding, path);
  addResources(collector, finding, path);
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
    count: number.parse(finding.ProductFields?.['aws/guardduty/service/count']),
    sample: finding.Sample === true || finding.ProductFields?.[SAMPLE] === 'true',
    state: stateOf(finding),
    traffic,
    collector,
    about: { [POSTURE]: postureOf(finding) },
  };
}

/** @see https://docs.aws.amazon.com/securityhub/latest/userguide/finding-workflow-status.html */
function stateOf({ RecordState, Workflow, Compliance }: AsffFinding): FindingState {
  if (RecordState === 'ARCHIVED') return 'archived';
  if (Workflow?.Status === 'SUPPRESSED') return 'suppressed';
  if (Compliance?.Status === 'PASSED') return 'passed';
  return Workflow?.Status === 'RESOLVED' ? 'resolved' : 'active';
}

/** GuardDuty's own type name if Security Hub carries it, so that both deliveries of a finding have the same type. */
const typeOf = ({ Types, GeneratorId }: AsffFinding): string | null =>
  guardDutyType(Types.map(({ one }) => one)) ?? Types[0]?.one ?? GeneratorId ?? null;

/** Whether the finding reports activity, as GuardDuty does. Posture checks report the configuration of a resource. */
const reportsActivity = ({ Types }: AsffFinding) =>
  guardDutyType(Types.map(({ one }) => one)) !== null;

/** Only posture checks have a compliance status or vulnerabilities. Null for activity, and for any other finding. */
function postureOf(finding: AsffFinding): Posture | null {
  if (reportsActivity(finding)) return null;
  if (finding.Compliance?.Status) return 'configuration';
  return finding.Vulnerabilities.length > 0 ? 'vulnerability' : null;
}

function addResources(collector: Collector, finding: AsffFinding, path: string): void {
  const credentials = reportsActivity(finding) ? 'actor' : 'target';
  for (const { one, index } of finding.Resources) {
    if (isAccount(one.Type)) continue;
    const kind = kindOfType(one.Type);
    const at = `${path}.Resources[${index}]`;
    const key = one.Details?.AwsIamAccessKey;
    const instance = one.Details?.AwsEc2Instance;
    const caller = key ? callerOf(finding, key.PrincipalType) : null;
    const holder = key?.UserName ?? key?.PrincipalName;
    const place = {
      account: caller?.account ?? key?.AccountId,
      region: one.Region,
    };
    collector.add({
      kind,
      value: key?.AccessKeyId ?? nameFromArn(kind, one.Id),
      part: kind === 'access-key' || kind === 'iam-user' ? credentials : 'target',
      path: `${at}.Id`,
      attributes: {
        arn: one.Id,
        resourceType: one.Type,
        userName: holder,
        userType: key?.PrincipalType,
        version: versionFromArn(kind, one.Id),
        subnetIds: instance?.SubnetId,
        vpcIds: instance?.VpcId,
        ...attributesOf(caller),
      },
      place,
    });
    if (key && (key.PrincipalType === 'IAMUser' || (!key.PrincipalType && key.UserName)))
      collector.add({
        kind: 'iam-user',
        value: holder,
        part: credentials,
        path: `${at}.Details.AwsIamAccessKey`,
        place,
      });
    addAddresses(collector, instance, `${at}.Details.AwsEc2Instance`);
  }
}

type Details = NonNullable<AsffFinding['Resources'][number]['one']['Details']>;

function addAddresses(
  collector: Collector,
  instance: Details['AwsEc2Instance'],
  path: string,
): void {
  for (const field of ['IpV4Addresses', 'IpV6Addresses'] as const)
    for (const { one: value, index } of instance?.[field] ?? [])
      collector.add({
        kind: 'ip',
        value,
        part: 'related',
        path: `${path}.${field}[${index}]`,
        attributes: OWN_ADDRESS,
      });
}
