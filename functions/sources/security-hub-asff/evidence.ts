// Evidence of an ASFF finding: GuardDuty's blocks, controls, resources.
// @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html

import { resourceEvidence, serviceEvidence } from '../guardduty/evidence-table.ts';
import { resourceIn, serviceIn } from '../guardduty/flattened.ts';
import { evidenceIn, type Found, type Spec, textsAt, valuesAt } from '../read-evidence.ts';

type Fields = Readonly<Record<string, unknown>>;

export const FINDING: readonly Spec[] = [
  {
    kind: 'control',
    at: '',
    values: {
      control: 'Compliance.SecurityControlId',
      controlOfStandard: 'ProductFields.ControlId',
      status: 'Compliance.Status',
      statusReasons: 'Compliance.StatusReasons[].ReasonCode',
      standards: 'Compliance.AssociatedStandards[].StandardsId',
      requirements: 'Compliance.RelatedRequirements[]',
    },
    untrusted: { remediation: 'Remediation.Recommendation.Url' },
  },
  {
    kind: 'finding',
    at: '',
    values: { workflow: 'Workflow.Status', verification: 'VerificationState' },
    untrusted: { relatedFindings: 'RelatedFindings[].Id' },
  },
  {
    kind: 'vulnerability',
    at: 'Vulnerabilities[]',
    values: {
      id: 'Id',
      exploitAvailable: 'ExploitAvailable',
      fixAvailable: 'FixAvailable',
      epss: 'EpssScore',
      cvss: 'Cvss[].BaseScore',
      packages: 'VulnerablePackages[].Name',
    },
  },
  {
    kind: 'process',
    at: 'Process',
    values: { pid: 'Pid' },
    untrusted: { name: 'Name', path: 'Path' },
    from: 'LaunchedAt',
  },
  {
    kind: 'malware',
    at: 'Malware[]',
    values: { malwareType: 'Type', state: 'State' },
    untrusted: { threats: 'Name', files: 'Path' },
  },
  {
    kind: 'threat',
    at: 'ThreatIntelIndicators[]',
    values: { indicatorType: 'Type', category: 'Category' },
    untrusted: { threatList: 'Source' },
    until: 'LastObservedAt',
  },
];

export const RESOURCES: readonly Spec[] = [
  {
    kind: 'resource',
    at: 'Details.AwsEc2Instance',
    values: {
      instanceType: 'Type',
      image: 'ImageId',
      launched: 'LaunchedAt',
      httpTokens: 'MetadataOptions.HttpTokens',
      metadataHops: 'MetadataOptions.HttpPutResponseHopLimit',
      securityGroups: 'SecurityGroups[]',
    },
  },
  {
    kind: 'session',
    at: 'Details.AwsIamAccessKey',
    values: {
      keyStatus: 'Status',
      created: 'CreatedAt',
      mfa: 'SessionContext.Attributes.MfaAuthenticated',
      userType: 'PrincipalType',
    },
    from: 'SessionContext.Attributes.CreationDate',
  },
  {
    kind: 'resource',
    at: 'Details.AwsS3Bucket',
    values: {
      created: 'CreatedAt',
      publicAclsBlocked: 'PublicAccessBlockConfiguration.BlockPublicAcls',
      publicPolicyBlocked: 'PublicAccessBlockConfiguration.BlockPublicPolicy',
      publicAclsIgnored: 'PublicAccessBlockConfiguration.IgnorePublicAcls',
      publicBucketsRestricted: 'PublicAccessBlockConfiguration.RestrictPublicBuckets',
    },
  },
  {
    kind: 'resource',
    at: 'Details.Container',
    values: { privileged: 'Privileged', launched: 'LaunchedAt' },
    untrusted: { image: 'ImageName', mounts: 'VolumeMounts[].MountPath' },
  },
  {
    kind: 'resource',
    at: 'Details.AwsEc2SecurityGroup',
    values: {
      openTo: 'IpPermissions[].IpRanges[].CidrIp',
      openPorts: 'IpPermissions[].FromPort',
      openToIpv6: 'IpPermissions[].Ipv6Ranges[].CidrIpv6',
    },
  },
  {
    kind: 'resource',
    at: 'Details.AwsRdsDbInstance',
    values: {
      engine: 'Engine',
      publiclyAccessible: 'PubliclyAccessible',
      encrypted: 'StorageEncrypted',
    },
  },
  {
    kind: 'resource',
    at: 'Details.AwsLambdaFunction',
    values: { modified: 'LastModified', version: 'Version' },
  },
];

export function asffEvidence(body: Fields, path: string): Found[] {
  const [fields] = valuesAt(body, 'ProductFields');
  const flat = fields && typeof fields === 'object' ? (fields as Fields) : {};
  return [
    ...serviceEvidence(
      { action: valuesAt(body, 'Action')[0], detection: valuesAt(body, 'Detection')[0] },
      path,
    ),
    ...inTexts(serviceEvidence(serviceIn(flat, path).block, path), `${path}.ProductFields`),
    ...evidenceIn(body, FINDING, path),
    ...valuesAt(body, 'Resources[]').flatMap((resource, index) =>
      resourceAt(resource, `${path}.Resources[${index}]`),
    ),
  ];
}

function resourceAt(resource: unknown, path: string): Found[] {
  const [other] = valuesAt(resource, 'Details.Other');
  const flat = other && typeof other === 'object' ? resourceIn(other as Fields) : null;
  const about = textsAt(resource, 'Id');
  return [
    ...evidenceIn(resource, RESOURCES, path),
    ...inTexts(resourceEvidence(flat, path), `${path}.Details.Other`),
  ].map((one) => ({ ...one, about }));
}

/** The fields lie under names of their own, such as `aws/guardduty/service/count`. */
const inTexts = (found: readonly Found[], foundAt: string): Found[] =>
  found.map((one) => ({ ...one, foundAt }));
