// Names of resources, from the notations of different products.
import { expect, test } from 'vitest';
import { nameFromArn } from '../../functions/sources/resource-kinds.ts';

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
