// From rows to Lambda functions: one bundle, one role, one log group each.
import { join } from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV } from '../functions/domain/env.ts';
import { acknowledge } from './acknowledge.ts';
import { type FunctionRow, functionTable } from './function-table.ts';
import { baseModel, modelRights, rightsIn, scopeRights } from './rights.ts';
import type { Surroundings } from './surroundings.ts';

const ROOT = join(import.meta.dirname, '..');

/** The SDK goes into the bundle: what runs is what was tested, not what the runtime brings along that day. */
const BUNDLING = {
  format: OutputFormat.ESM,
  target: 'node24',
  mainFields: ['module', 'main'],
  externalModules: [],
  minify: true,
  // Names of error classes are what the state machines match.
  keepNames: true,
  logLevel: LogLevel.WARNING,
  sourceMap: true,
  sourcesContent: false,
  // CommonJS packages inside an ESM bundle call require().
  banner: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
};

export class Functions extends Construct {
  readonly rows: readonly FunctionRow[];
  private readonly byName = new Map<string, NodejsFunction>();

  constructor(scope: Construct, id: string, surroundings: Omit<Surroundings, 'stack'>) {
    super(scope, id);
    const s = { ...surroundings, stack: Stack.of(this) };
    this.rows = functionTable(s);
    for (const row of this.rows) this.byName.set(row.name, this.build(row, s));
  }

  get(name: string): NodejsFunction {
    const found = this.byName.get(name);
    if (!found) throw new Error(`there is no function "${name}"`);
    return found;
  }

  private build(row: FunctionRow, s: Surroundings): NodejsFunction {
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
      memorySize: row.memoryMiB,
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

  private role(row: FunctionRow, s: Surroundings, logGroup: LogGroup): Role {
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
      ...(row.scope ? scopeRights(s, row.scope) : []),
      ...(row.model ? modelRights(s) : []),
    ];
    for (const statement of statements) role.addToPolicy(statement);
    acceptWildcards(role, row, s);
    return role;
  }
}

/** Every wildcard that a function's role may have, and why; test/infra holds the same list against the template. */
function acceptWildcards(role: Role, { may, scope, model }: FunctionRow, s: Surroundings): void {
  const accept = (resource: string, reason: string) =>
    acknowledge(role, `AwsSolutions-IAM5[Resource::${resource}]`, reason);
  const { account } = s.stack;
  const place = '<AWS::Region>';
  accept(
    '*',
    'X-Ray and the descriptions of EC2 have no resources to name, nor have OpsItems before they exist',
  );
  if (may.includes('setSchedules') || may.includes('removeSchedules'))
    accept(
      `arn:<AWS::Partition>:scheduler:${place}:${account}:schedule/${s.schedules.groupName}/*`,
      'Schedules are named after the actions that they reverse; the group holds nothing else',
    );
  if (scope === 'function-log')
    accept(
      `arn:<AWS::Partition>:lambda:${place}:${account}:function:*`,
      'Any function may be the one that an alert is about; ours are denied, and so are layers and networks',
    );
  if (scope === 'flow-log')
    for (const [resource, reason] of [
      ['network-interface', 'Any interface may be the one that an alert is about'],
      ['vpc-flow-log', 'A flow log gets its id when it is made; ours are told by their tag'],
    ] as const)
      accept(`arn:<AWS::Partition>:ec2:${place}:${account}:${resource}/*`, reason);
  if (may.includes('lookAtUsers'))
    for (const [arn, reason] of [
      [`iam::${account}:user/*`, 'Any user may be the one that an alert is about; it is only read'],
      [`iam::${account}:role/*`, 'Any role may be the one that an alert is about; it is only read'],
      [
        `ssm:${place}:${account}:document/*`,
        'Policy names the change calendars; they are only read',
      ],
    ] as const)
      accept(`arn:<AWS::Partition>:${arn}`, reason);
  if (scope === 'user' || scope === 'access-key')
    accept(
      `arn:<AWS::Partition>:iam::${account}:user/*`,
      'Any user may be the one that an alert is about; service accounts and protected users are denied',
    );
  if (scope === 'user-pool')
    accept(
      `arn:<AWS::Partition>:cognito-idp:${place}:${account}:userpool/*`,
      'Any pool may hold the user that an alert is about; what is tagged countermand=protected is denied',
    );
  if (scope === 'api-key')
    accept(
      `arn:<AWS::Partition>:apigateway:${place}::/apikeys/*`,
      'Any key may be the one that an alert is about; what is tagged countermand=protected is denied',
    );
  if (scope === 'network')
    accept(
      `arn:<AWS::Partition>:ec2:${place}:${account}:network-acl/*`,
      'Which network ACL it is follows from the attacked instance; see docs/decisions/0007',
    );
  if (scope === 'ticket')
    accept(
      `arn:<AWS::Partition>:ssm:${place}:${account}:opsitem/*`,
      'An OpsItem gets its id when it is made; the executor finds its own by source and incident',
    );
  if (model && s.settings.modelProvider === 'bedrock')
    accept(
      `arn:<AWS::Partition>:bedrock:*::foundation-model/${baseModel(s.settings.modelId ?? '')}`,
      'An inference profile routes to the same model in other regions',
    );
}
