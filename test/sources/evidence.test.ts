// Evidence: the decisive values of a finding reach the alert in every format.
import { describe, expect, test } from 'vitest';
import { alertOf } from '../intake/events.ts';
import { FAMILIES, findingOf } from './decisive-values.ts';

type Evidence = NonNullable<ReturnType<typeof alertOf>['evidence']>;

const namesIn = (evidence: Evidence | undefined, kind: string, name: string) =>
  (evidence ?? []).flatMap((one) =>
    one.kind === kind ? (one.values[name] ?? one.untrusted[name] ?? []) : [],
  );

const upper = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(upper);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.charAt(0).toUpperCase() + key.slice(1),
      upper(inner),
    ]),
  );
};

describe.each(FAMILIES)('$family', (family) => {
  const finding = findingOf(family);
  test.each(family.decides)('keeps %s %s from the event', (kind, name, value) => {
    for (const event of [finding, upper(finding)])
      expect(namesIn(alertOf(event).evidence, kind, name)).toContain(value);
  });
});

/** The flat fields in which Security Hub writes GuardDuty's service block. */
const flattened = (value: unknown, path: string): [string, string][] => {
  if (Array.isArray(value))
    return value.flatMap((one, index) => flattened(one, `${path}.${index}_`));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => flattened(inner, `${path}/${key}`));
  return [[path, String(value)]];
};
const inFormat = {
  ASFF: (family: (typeof FAMILIES)[number]) => ({
    SchemaVersion: '2018-10-08',
    Id: 'arn:aws:guardduty:eu-central-1:111122223333:detector/d/finding/f-1',
    ProductArn: 'arn:aws:securityhub:eu-central-1::product/aws/guardduty',
    AwsAccountId: '111122223333',
    Types: [`TTPs/${family.type.replace('/', '-')}`],
    Severity: { Label: 'MEDIUM' },
    ProductFields: Object.fromEntries(flattened(family.service ?? {}, 'aws/guardduty/service')),
    Resources: [],
  }),
  OCSF: (family: (typeof FAMILIES)[number]) => ({
    class_uid: 2004,
    severity_id: 3,
    metadata: { product: { name: 'GuardDuty' } },
    cloud: { account: { uid: '111122223333' }, region: 'eu-central-1' },
    finding_info: { uid: 'f-1', title: 't', types: [family.type] },
    unmapped: Object.fromEntries(
      flattened(family.service ?? {}, 'ProductFields.aws/guardduty/service'),
    ),
    resources: [],
  }),
};
const OF_SERVICE = FAMILIES.filter(({ service }) => service);
test.each(
  (['ASFF', 'OCSF'] as const).flatMap((format) =>
    OF_SERVICE.map((family) => ({ format, family: family.family, one: family })),
  ),
)('keeps the same values of $family in $format', ({ format, one }) => {
  const { resource: _, ...withoutResource } = one;
  const ofService = (alertOf(findingOf(withoutResource)).evidence ?? []).flatMap((evidence) =>
    Object.entries({ ...evidence.values, ...evidence.untrusted }).map(
      ([name, value]) => `${evidence.kind} ${name} ${value}`,
    ),
  );
  const found = (alertOf(inFormat[format](one)).evidence ?? []).flatMap((evidence) =>
    Object.entries({ ...evidence.values, ...evidence.untrusted }).map(
      ([name, value]) => `${evidence.kind} ${name} ${value}`,
    ),
  );
  expect(found).toEqual(expect.arrayContaining(ofService));
});

test('reads the control, its status and its remedy from a posture finding', () => {
  const { evidence } = alertOf({
    SchemaVersion: '2018-10-08',
    Id: 'arn:aws:securityhub:eu-central-1:111122223333:finding/1',
    ProductArn: 'arn:aws:securityhub:eu-central-1::product/aws/securityhub',
    AwsAccountId: '111122223333',
    Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
    Severity: { Label: 'HIGH' },
    Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.8' },
    Remediation: { Recommendation: { Url: 'https://docs.aws.amazon.com/console/EC2.8' } },
    RelatedFindings: [{ Id: 'f-2' }],
    Resources: [
      {
        Type: 'AwsEc2Instance',
        Id: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0abcdef0123456789',
        Details: { AwsEc2Instance: { MetadataOptions: { HttpTokens: 'optional' } } },
      },
    ],
  });
  expect(namesIn(evidence, 'control', 'control')).toEqual(['EC2.8']);
  expect(namesIn(evidence, 'control', 'status')).toEqual(['FAILED']);
  expect(namesIn(evidence, 'control', 'remediation')).toHaveLength(1);
  expect(namesIn(evidence, 'finding', 'relatedFindings')).toEqual(['f-2']);
  expect(evidence).toContainEqual(
    expect.objectContaining({ values: { httpTokens: 'optional' }, refs: ['instance-1'] }),
  );
});

test('ties a signal to its actor and endpoint, at its own time', () => {
  const sequence = FAMILIES.find(({ family }) => family === 'an attack sequence');
  if (!sequence) throw new Error('no sequence');
  expect(alertOf(findingOf(sequence)).evidence).toContainEqual(
    expect.objectContaining({
      kind: 'signal',
      refs: ['key-1', 'user-1', 'ip-1'],
      from: '2026-11-24T02:41:00.000Z',
      foundAt: '$.service.detection.sequence.signals[0]',
    }),
  );
});

test('says which text a caller can choose', () => {
  const [call] = FAMILIES;
  if (!call) throw new Error('no family');
  const [one] = alertOf(findingOf(call)).evidence ?? [];
  expect(one?.untrusted).toEqual({ userAgent: 'aws-cli/2.15.0 md/linux' });
});

test('keeps an alert within its limits when a finding repeats its evidence without end', () => {
  const threatIntelligenceDetails = Array.from({ length: 3000 }, (_, i) => ({
    threatListName: `${i}${'x'.repeat(2000)}`,
    threatNames: ['y'.repeat(3000)],
  }));
  const { evidence } = alertOf(
    findingOf({
      family: '',
      type: 'A:EC2/B',
      service: { evidence: { threatIntelligenceDetails } },
      decides: [],
    }),
  );
  expect(Buffer.byteLength(JSON.stringify(evidence))).toBeLessThanOrEqual(70_000);
});
