// No mechanism can change a resource of the stack itself.
import { expect, test } from 'vitest';
import { SCOPES } from '../../functions/mechanisms/registry.ts';
import {
  covers,
  functionsOf,
  PREFIX,
  type Resource,
  type Statement,
  templateWith,
} from '../../tools/generate/template.ts';

const template = templateWith();
const functions = functionsOf(template);
const PLACE = '${AWS::Region}:123456789012';

type Arn = (id: string, properties: Resource['Properties']) => string;
/** The ARN of each type that a mechanism could change, as permissions write it. */
const ARNS: Readonly<Record<string, Arn>> = {
  'AWS::Lambda::Function': (_id, { FunctionName }) => `lambda:${PLACE}:function:${FunctionName}`,
  'AWS::S3::Bucket': (id, { BucketName }) => `s3:::${BucketName ?? generated(id)}`,
  'AWS::DynamoDB::Table': (id, { TableName }) =>
    `dynamodb:${PLACE}:table/${TableName ?? generated(id)}`,
  'AWS::SQS::Queue': (id, { QueueName }) => `sqs:${PLACE}:${QueueName ?? generated(id)}`,
  'AWS::SNS::Topic': (id, { TopicName }) => `sns:${PLACE}:${TopicName ?? generated(id)}`,
  'AWS::KMS::Key': (id) => `kms:${PLACE}:key/${generated(id)}`,
  'AWS::IAM::Role': (id, { RoleName }) => `iam::123456789012:role/${RoleName ?? generated(id)}`,
  'AWS::IAM::ManagedPolicy': (id) => `iam::123456789012:policy/${generated(id)}`,
  'AWS::StepFunctions::StateMachine': (id, { StateMachineName }) =>
    `states:${PLACE}:stateMachine:${StateMachineName ?? generated(id)}`,
  'AWS::Events::Rule': (id, { Name }) => `events:${PLACE}:rule/${Name ?? generated(id)}`,
  'AWS::Logs::LogGroup': (id, { LogGroupName }) =>
    `logs:${PLACE}:log-group:${LogGroupName ?? generated(id)}`,
  'AWS::CloudWatch::Alarm': (id, { AlarmName }) =>
    `cloudwatch:${PLACE}:alarm:${AlarmName ?? generated(id)}`,
};
/** CloudFormation derives the name of an unnamed resource from that of the stack, which begins with the prefix. */
const generated = (id: string) => `${PREFIX}test-${id}-0123`.toLowerCase();

const resources = Object.entries(template.toJSON().Resources as Record<string, Resource>);
const own = resources.flatMap(([id, { Type, Properties }]) => {
  const arn = ARNS[Type]?.(id, Properties);
  return arn ? [{ service: arn.split(':')[0], arn: `arn:\${AWS::Partition}:${arn}` }] : [];
});

const isRead = (action: string) => /:(Get|List|Describe|GET$|Query|Scan)/.test(action);
const reaches = ({ resources }: Statement, arn: string) =>
  resources.some((one) => covers(one, arn));

/** The changes of own resources that these statements allow. Conditions are ignored: they may not exclude them. */
const changesOfOwn = (statements: readonly Statement[]): string[] =>
  statements
    .filter(({ effect }) => effect === 'Allow')
    .flatMap((allowed) =>
      allowed.actions
        .filter((action) => !isRead(action))
        .flatMap((action) =>
          own

            .filter(({ service }) => service === action.split(':')[0])
            .map(({ arn }) => arn)
            .filter((arn) => allowed.resources.some((one) => one.includes('*') && covers(one, arn)))
            .filter((arn) => !isDenied(statements, action, arn))
            .map((arn) => `${action} on ${arn}`),
        ),
    );
const isDenied = (statements: readonly Statement[], action: string, arn: string): boolean =>
  statements.some(
    (one) =>
      one.effect === 'Deny' &&
      !one.condition &&
      one.actions.some((denied) => covers(denied, action)) &&
      reaches(one, arn),
  );

test('the stack has resources of every type of which this test knows the ARN', () => {
  const types = new Set(resources.map(([, { Type }]) => Type));
  expect(Object.keys(ARNS).filter((type) => !types.has(type))).toEqual([]);
});

test.each(SCOPES)(
  'the permissions of the scope %s deny what would change a resource of Countermand itself',
  (scope) => {
    const permissions = ['execute', 'reverse'].flatMap((step) =>
      changesOfOwn(functions.get(`${step}-${scope}`)!.permissions),
    );
    expect(permissions, 'add a deny statement, as in functions/mechanisms/function-log').toEqual(
      [],
    );
  },
);

test('finds a change that is allowed by a wildcard and not denied', () => {
  const allowed: Statement = {
    effect: 'Allow',
    actions: ['lambda:DeleteFunction'],
    resources: [`arn:\${AWS::Partition}:lambda:${PLACE}:function:*`],
    condition: undefined,
  };
  const denied = { ...allowed, effect: 'Deny' };
  expect(changesOfOwn([allowed])).toContain(
    `lambda:DeleteFunction on arn:\${AWS::Partition}:lambda:${PLACE}:function:${PREFIX}gate`,
  );
  expect(changesOfOwn([allowed, denied])).toEqual([]);
  expect(changesOfOwn([allowed, { ...denied, condition: { Null: {} } }])).not.toEqual([]);
});
