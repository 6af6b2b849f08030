// Names of resources, from the notations of different products.
import { describe, expect, test } from 'vitest';
import { effectsOf } from '../../functions/mechanisms/registry.ts';
import { nameFromArn } from '../../functions/sources/resource-kinds.ts';
import { alertWith, POLICY } from '../fixtures/case.ts';
import { alertOf } from '../intake/events.ts';

test.each([
  ['instance', 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc', 'i-0abc'],
  ['access-key', 'AWS::IAM::AccessKey:AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
  ['access-key', 'AWS::IAM::AccessKey:null', null],
  ['function', 'arn:aws:lambda:eu-central-1:111122223333:function:shop', 'shop'],
  ['function', 'arn:aws:lambda:eu-central-1:111122223333:function:shop:7', 'shop'],
  ['function', 'arn:aws:lambda:eu-central-1:111122223333:function:shop:live', 'shop'],
  ['function', 'shop', 'shop'],
  [
    'resource',
    'arn:aws:kms:eu-central-1:111122223333:key/k',
    'arn:aws:kms:eu-central-1:111122223333:key/k',
  ],
] as const)('reads the name of a %s from %s as %s', (kind, written, name) => {
  expect(nameFromArn(kind, written)).toBe(name);
});

describe('a function that an alert names by a published version or an alias', () => {
  const arn = 'arn:aws:lambda:eu-central-1:111122223333:function:resize:7';
  const finding = (type: string, of: object) => ({
    source: 'aws.securityhub',
    'detail-type': type,
    account: '111122223333',
    detail: { findings: [of] },
  });
  const guardDuty = (of: object) => ({ type: 'A:Lambda/B', id: '1', ...of });
  const events = {
    'security-hub-asff': finding('Security Hub Findings - Imported', {
      ProductArn: 'arn',
      Types: ['A/B'],
      Resources: [{ Type: 'AwsLambdaFunction', Id: arn }],
    }),
    'security-hub-ocsf': finding('Findings Imported V2', {
      class_uid: 2004,
      finding_info: { title: 'A' },
      resources: [{ type: 'AwsLambdaFunction', uid: arn }],
    }),
    inspector: {
      source: 'aws.inspector2',
      'detail-type': 'Inspector2 Finding',
      detail: { type: 'A', resources: [{ type: 'AWS_LAMBDA_FUNCTION', id: arn }] },
    },
    guardduty: guardDuty({
      resource: { lambdaDetails: { functionName: 'resize', functionArn: arn } },
    }),
    'an AttackSequence': guardDuty({
      service: {
        detection: { sequence: { resources: [{ uid: arn, resourceType: 'LAMBDA_FUNCTION' }] } },
      },
    }),
    'an API call': guardDuty({
      service: {
        action: { awsApiCallAction: { affectedResources: { 'AWS::Lambda::Function': arn } } },
      },
    }),
  };

  test.each(Object.entries(events))(
    'keeps its version in %s, so that $LATEST is left alone',
    (_, event) => {
      const alert = alertOf(event);
      const named = alert.entities.find(({ kind }) => kind === 'function');
      if (!named) throw new Error('the alert names no function');
      expect(named).toMatchObject({ value: 'resize', attributes: { version: '7' } });
      for (const action of ['disable_function_url', 'increase_logging_verbosity'] as const)
        expect(effectsOf(action, alertWith(alert), named, null, POLICY)).toEqual([]);
    },
  );
});
