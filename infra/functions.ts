// From rows to Lambda functions: one bundle, one role, one log group each.
import { join } from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ENV } from '../functions/domain/env.ts';
import { wildcardsIn } from '../functions/mechanisms/permissions.ts';
import { acknowledge } from './acknowledge.ts';
import { ESBUILD } from './bundling.ts';
import { type FunctionRow, functionTable } from './function-table.ts';
import { baseModel, mechanismRights, modelRights, permissionsOf, rightsIn } from './rights.ts';
import type { StackContext } from './stack-context.ts';

const ROOT = join(import.meta.dirname, '..');

const BUNDLING = {
  format: OutputFormat.ESM,
  target: ESBUILD.target,
  mainFields: [...ESBUILD.mainFields],
  externalModules: [],
  minify: ESBUILD.minify,
  keepNames: ESBUILD.keepNames,
  logLevel: LogLevel.WARNING,
  sourceMap: ESBUILD.sourcemap,
  sourcesContent: ESBUILD.sourcesContent,
  banner: ESBUILD.banner.js,
};

/** The processor's share comes with it. */
const MEMORY_MIB = 512;

export class Functions extends Construct {
  readonly rows: readonly FunctionRow[];
  private readonly byName = new Map<string, NodejsFunction>();

  constructor(scope: Construct, id: string, context: Omit<StackContext, 'stack'>) {
    super(scope, id);
    const s = { ...context, stack: Stack.of(this) };
    this.rows = functionTable(s);
    for (const row of this.rows) this.byName.set(row.name, this.build(row, s));
  }

  get(name: string): NodejsFunction {
    const found = this.byName.get(name);
    if (!found) throw new Error(`there is no function "${name}"`);
    return found;
  }

  private build(row: FunctionRow, s: StackContext): NodejsFunction {
    const functionName = `${s.settings.prefix}${row.name}`;
    const logGroup = new LogGroup(this, `${row.name}-log`, {
      // Unnamed, like the table: it is kept when the stack goes.
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    return new NodejsFunction(this, row.name, {
      functionName,
      entry: join(ROOT, 'functions', row.entry),
      handler: row.handler,
      role: this.role(row, s, logGroup),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      timeout: Duration.seconds(row.timeoutSeconds),
      memorySize: MEMORY_MIB,
      ...(row.reservedConcurrency && { reservedConcurrentExecutions: row.reservedConcurrency }),
      environment: {
        ...row.env,
        ...(row.policy && { [ENV.policyPath]: s.policyLayer.path }),
        NODE_OPTIONS: '--enable-source-maps',
      },
      layers: row.policy ? [s.policyLayer.layer] : [],
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      tracing: Tracing.ACTIVE,
      projectRoot: ROOT,
      depsLockFilePath: join(ROOT, 'package-lock.json'),
      bundling: BUNDLING,
    });
  }

  private role(row: FunctionRow, s: StackContext, logGroup: LogGroup): Role {
    const role = new Role(this, `${row.name}-role`, {
      roleName: `${s.settings.prefix}${row.name}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    const rights = rightsIn(s);
    const statements = [
      ...row.may.flatMap((right) => rights[right] ?? []),
      ...(row.mechanism ? mechanismRights(s, row.mechanism) : []),
      ...(row.model ? modelRights(s) : []),
    ];
    for (const statement of statements) role.addToPolicy(statement);
    acceptWildcards(role, row, s);
    return role;
  }
}

/** Every wildcard that a function's role may have, and why; test/infra holds the same list against the template. */
function acceptWildcards(
  role: Role,
  { may, mechanism, model }: FunctionRow,
  s: StackContext,
): void {
  const accept = (resource: string, reason: string) =>
    acknowledge(role, `AwsSolutions-IAM5[Resource::${resource}]`, reason);
  const arn = (rest: string) => `arn:<AWS::Partition>:${rest}`;
  accept(
    '*',
    'X-Ray, the list of streams, the descriptions of EC2 and the list of IP sets have no resources to name, nor have OpsItems before they exist',
  );
  if (may.includes('setSchedules') || may.includes('removeSchedules'))
    accept(
      arn(`scheduler:${PLACE}:${s.stack.account}:schedule/${s.schedules.groupName}/*`),
      'Schedules are named after the actions that they reverse; the group holds nothing else',
    );
  if (may.includes('copyRecords'))
    accept(
      `<${s.stack.getLogicalId(s.archive.bucket.node.defaultChild as CfnBucket)}.Arn>/records/*`,
      'Copies are named after the records and their changes; the bucket holds nothing else, and is locked',
    );
  if (may.includes('lookAtUsers'))
    for (const [rest, what] of [
      [`iam::${s.stack.account}:user/*`, 'Any user may be the one that an alert is about'],
      [`iam::${s.stack.account}:role/*`, 'Any role may be the one that an alert is about'],
      [`lambda:${PLACE}:${s.stack.account}:function:*`, 'Any function may be in an alert'],
      [`ssm:${PLACE}:${s.stack.account}:document/*`, 'Policy names the change calendars'],
    ] as const)
      accept(arn(rest), `${what}; it is only read`);
  if (mechanism)
    for (const { pattern, reason } of wildcardsIn(permissionsOf(s, mechanism)))
      if (pattern !== '*') accept(asNagWrites(pattern, s), reason);
  if (model && s.settings.modelProvider === 'bedrock')
    accept(
      arn(`bedrock:*::foundation-model/${baseModel(s.settings.modelId ?? '')}`),
      'An inference profile routes to the same model in other regions',
    );
}

/** An ARN with deploy-time tokens, as cdk-nag writes it. */
const asNagWrites = (arn: string, { stack: { partition, region } }: StackContext): string =>
  arn.replaceAll(partition, '<AWS::Partition>').replaceAll(region, PLACE);

/** The region, as cdk-nag writes it. */
const PLACE = '<AWS::Region>';
