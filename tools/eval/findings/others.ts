// Builds events of Security Hub, Inspector, AWS Health and other senders.
import type { Case } from '../case.ts';
import { enveloped, guardDutyEvent, idOf } from './guardduty.ts';
import { ACCOUNT, REGION } from './place.ts';

/** The event of a case, as it is delivered. Throws RangeError for a case without one. */
export function eventOf(id: string, given: Case, at: Date): object {
  const { finding, generic, control, vulnerability, health } = given;
  if (finding) return guardDutyEvent(id, finding, at);
  if (generic)
    return enveloped(at, 'example.sensor', 'Countermand Alert', {
      id: idOf(id),
      ...generic,
      description: generic.title,
      seenAt: at.toISOString(),
    });
  if (control) return controlEvent(id, control, at);
  if (vulnerability) return vulnerabilityEvent(id, vulnerability, at);
  if (health) return healthEvent(id, health, at);
  throw new RangeError(`${id}: the case has no finding`);
}

const controlEvent = (id: string, given: NonNullable<Case['control']>, at: Date) =>
  enveloped(at, 'aws.securityhub', 'Security Hub Findings - Imported', {
    findings: [
      {
        SchemaVersion: '2018-10-08',
        Id: `arn:aws:securityhub:${REGION}:${ACCOUNT}:security-control/${given.id}/finding/${idOf(id)}`,
        ProductArn: `arn:aws:securityhub:${REGION}::product/aws/securityhub`,
        ProductName: 'Security Hub',
        GeneratorId: `security-control/${given.id}`,
        AwsAccountId: ACCOUNT,
        Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
        CreatedAt: at.toISOString(),
        UpdatedAt: at.toISOString(),
        LastObservedAt: at.toISOString(),
        Severity: { Label: given.severity },
        Title: given.title,
        Description: given.title,
        Compliance: { Status: 'FAILED', SecurityControlId: given.id },
        Resources: [
          { Type: 'AwsS3Bucket', Id: given.resource, Region: REGION, Tags: given.tags ?? {} },
        ],
        RecordState: 'ACTIVE',
        Workflow: { Status: 'NEW' },
      },
    ],
  });

const vulnerabilityEvent = (id: string, given: NonNullable<Case['vulnerability']>, at: Date) =>
  enveloped(at, 'aws.inspector2', 'Inspector2 Finding', {
    awsAccountId: ACCOUNT,
    findingArn: `arn:aws:inspector2:${REGION}:${ACCOUNT}:finding/${idOf(id)}`,
    type: 'PACKAGE_VULNERABILITY',
    title: given.cve,
    description: given.cve,
    severity: given.severity,
    inspectorScore: given.score,
    exploitAvailable: given.exploit ? 'YES' : 'NO',
    status: 'ACTIVE',
    firstObservedAt: at.toISOString(),
    lastObservedAt: at.toISOString(),
    updatedAt: at.toISOString(),
    packageVulnerabilityDetails: { vulnerabilityId: given.cve },
    resources: [
      {
        id: given.instance.id,
        type: 'AWS_EC2_INSTANCE',
        region: REGION,
        tags: given.instance.tags ?? {},
      },
    ],
  });

const healthEvent = (id: string, { key, user }: NonNullable<Case['health']>, at: Date) =>
  enveloped(at, 'aws.health', 'AWS Health Event', {
    eventArn: `arn:aws:health:${REGION}::event/RISK/AWS_RISK_CREDENTIALS_EXPOSED/${idOf(id)}`,
    service: 'RISK',
    eventTypeCode: 'AWS_RISK_CREDENTIALS_EXPOSED',
    eventTypeCategory: 'issue',
    startTime: at.toUTCString(),
    lastUpdatedTime: at.toUTCString(),
    statusCode: 'open',
    eventRegion: REGION,
    eventDescription: [
      {
        language: 'en_US',
        latestDescription: `An access key of ${user} is public. AWS attached AWSCompromisedKeyQuarantineV3.`,
      },
    ],
    affectedEntities: [{ entityValue: key }],
    affectedAccount: ACCOUNT,
    page: '1',
    totalPages: '1',
  });
