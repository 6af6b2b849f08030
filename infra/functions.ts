// Builds each Lambda function with its own bundle, role and log group.
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
import { withoutProfile } from '../functions/policy/models.ts';
import { acknowledge } from './acknowledge.ts';
import { ESBUILD } from './bundling.ts';
import { CALLED_ASYNCHRONOUSLY } from './failed-calls.ts';
import type { FunctionRow } from './function-row.ts';
import { functionTable } from './function-table.ts';
import { grantsOf, writeStatements } from './iam-statements.ts';
import { permissionsOf, statementsOf, worldPermissionsOf } from './mechanism-permissions.ts';
import { bedrockModels, modelStatements } from './model-access.ts';
import { accountName } from './names.ts';
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
  loader: ESBUILD.loader,
  esbuildArgs: { '--asset-names': ESBUILD.assetNames },
  sourcesContent: ESBUILD.sourcesContent,
  banner: ESBUILD.banner.js,
};

/** Lambda allocates CPU in proportion to memory. */
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
    if (!found) throw new Error(`unknown function "${name}"`);
    return found;
  }

  private build(row: FunctionRow, s: StackContext): NodejsFunction {
    const functionName = `${s.settings.prefix}${row.name}`;
    const logGroup = new LogGroup(this, `${row.name}-log`, {
      // Unnamed because it outlives the stack, like the table.
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    return new NodejsFunction(this, row.name, {
      functionName,
      entry: join(ROOT, 'functions', row.entry),
      handler: 'handler',
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
      ...(CALLED_ASYNCHRONOUSLY.includes(row.name) && {
        onFailure: { bind: () => ({ destination: s.failedCalls.queue.queueArn }) },
      }),
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
      roleName: accountName(s.names, row.name),
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    role.addToPolicy(
      new PolicyStatement({
        sid: 'OwnLog',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    const isAsynchronous = CALLED_ASYNCHRONOUSLY.includes(row.name);
    const statements = [
      ...grantsOf(s, [...row.grants, ...(isAsynchronous ? (['keepFailedCalls'] as const) : [])]),
      ...writeStatements(s, row.writes),
      ...statementsOf(accountPermissions(row, s)),
      ...(row.model ? modelStatements(s) : []),
    ];
    for (const statement of statements) role.addToPolicy(statement);
    acceptWildcards(role, row, s);
    return role;
  }
}

/** Permissions of the row that mechanisms list. */
const accountPermissions = ({ mechanism, world }: FunctionRow, s: StackContext) => [
  ...(mechanism ? permissionsOf(s, mechanism) : []),
  ...(world ? worldPermissionsOf(s) : []),
];

/**
 * Accepts every wildcard that a function's role may have, with the reason. test/infra compares them with the template.
 */
function acceptWildcards(role: Role, row: FunctionRow, s: StackContext): void {
  const { grants, model } = row;
  const accept = (resource: string, reason: string) =>
    acknowledge(role, `AwsSolutions-IAM5[Resource::${resource}]`, reason);
  const arn = (rest: string) => `arn:<AWS::Partition>:${rest}`;
  accept(
    '*',
    'X-Ray, ListStreams, EC2 Describe calls, ListIPSets, LookupEvents, AWS Config and CreateOpsItem do not support resource-level permissions',
  );
  if (grants.includes('manageSchedules') || grants.includes('deleteSchedules'))
    accept(
      arn(`scheduler:${NAG_REGION}:${s.stack.account}:schedule/${s.schedules.groupName}/*`),
      'Schedules are named after the actions that they reverse. The group holds nothing else',
    );
  const bucket = s.stack.getLogicalId(s.archive.bucket.node.defaultChild as CfnBucket);
  for (const path of [
    ...(grants.includes('archiveRecords') ? ['records', 'log'] : []),
    ...(grants.includes('readCopyLog') ? ['log', 'digests'] : []),
  ])
    accept(
      `<${bucket}.Arn>/${path}/*`,
      'Files are named after records, changes and times. The bucket is locked and holds nothing else',
    );
  if (grants.includes('updateOpsItems'))
    accept(
      arn(`ssm:${NAG_REGION}:${s.stack.account}:opsitem/*`),
      'An OpsItem gets its ID when it is created. The function finds its own by source and incident',
    );
  if (grants.includes('readUsers'))
    for (const [rest, reason] of [
      [`iam::${s.stack.account}:user/*`, 'An alert may be about any user'],
      [`iam::${s.stack.account}:role/*`, 'An alert may be about any role'],
      [`iam::${s.stack.account}:group/*`, 'A user may be in any group'],
      [`iam::${s.stack.account}:instance-profile/*`, 'An alert may be about any instance'],
      [`lambda:${NAG_REGION}:${s.stack.account}:function:*`, 'An alert may be about any function'],
      [`apigateway:${NAG_REGION}::/tags/*`, 'An alert may be about any API key'],
      [`cognito-idp:${NAG_REGION}:${s.stack.account}:userpool/*`, 'A user may be in any pool'],
      [`ssm:${NAG_REGION}:${s.stack.account}:document/*`, 'Policy names the change calendars'],
    ] as const)
      accept(arn(rest), `${reason}. Access is read-only`);
  for (const { pattern, reason } of wildcardsIn(accountPermissions(row, s)))
    if (pattern !== '*') accept(asNagWrites(pattern, s), reason);
  for (const named of model ? bedrockModels(s) : [])
    accept(
      arn(`bedrock:*::foundation-model/${withoutProfile(named)}`),
      'An inference profile routes to the same model in other regions',
    );
}

/** An ARN with deploy-time tokens, as cdk-nag writes it. */
const asNagWrites = (arn: string, { stack: { partition, region } }: StackContext): string =>
  arn.replaceAll(partition, '<AWS::Partition>').replaceAll(region, NAG_REGION);

/** The region's token, as cdk-nag writes it. */
const NAG_REGION = '<AWS::Region>';
