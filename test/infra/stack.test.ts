// The wiring of the stack: functions, queues, schedules, firewall and alarms.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { ENV } from '../../functions/domain/env.ts';
import { SCOPES } from '../../functions/mechanisms/registry.ts';
import { watchAddress } from '../../functions/mechanisms/waf/address.ts';
import { SOURCES } from '../../functions/sources/registry.ts';
import { EXECUTOR_TIMEOUT_MINUTES } from '../../functions/store/lease.ts';
import {
  functionsOf,
  POLICY,
  PREFIX,
  permissionsByRole,
  type Resource,
  ROOT,
  resourcesOf,
  stackWith,
  templateWith,
  text,
} from '../../tools/generate/template.ts';
import { attacker, subjectOn } from '../fixtures/case.ts';

const template = templateWith();
const functions = functionsOf(template);

type State = {
  Type: string;
  TimeoutSeconds?: number;
  Parameters?: Record<string, unknown>;
  ItemProcessor?: { States: Record<string, State> };
};
const definition = (name: string): { States: Record<string, State> } =>
  JSON.parse(readFileSync(join(ROOT, 'statemachines', `${name}.asl.json`), 'utf8'));

/** Function names that a definition calls, each with the state that calls it. Computed names appear once per scope. */
function calls(states: Record<string, State>): { name: string; state: State }[] {
  return Object.values(states).flatMap((state) => {
    const inside = state.ItemProcessor ? calls(state.ItemProcessor.States) : [];
    const fixed = state.Parameters?.FunctionName;
    const computed = state.Parameters?.['FunctionName.$'];
    const pattern = String(fixed ?? /'(.*)'/.exec(String(computed ?? ''))?.[1] ?? '');
    const names = pattern.includes('{}') ? SCOPES.map((s) => pattern.replace('{}', s)) : [pattern];
    const own = names
      .filter(Boolean)
      .map((name) => ({ name: name.replace('${FunctionPrefix}', ''), state }));
    return [...inside, ...own];
  });
}

describe.each(['respond', 'reverse'])('the state machine %s', (machine) => {
  const called = calls(definition(machine).States);
  const names = [...new Set(called.map(({ name }) => name))].sort();

  test('calls functions that exist and that time out before their state does', () => {
    expect(names.length).toBeGreaterThan(3);
    for (const { name, state } of called) {
      const deployed = functions.get(name);
      expect(deployed, name).toBeDefined();
      // `approve` waits for a person: its state has the time of the escalation step, not of the function.
      if (state.TimeoutSeconds)
        expect(deployed!.properties.Timeout, name).toBeLessThan(state.TimeoutSeconds);
    }
  });

  test('runs under a role that can call exactly these functions', () => {
    const [deployed] = Object.values(
      resourcesOf(template, 'AWS::StepFunctions::StateMachine'),
    ).filter(({ Properties }) => Properties.StateMachineName === `${PREFIX}${machine}`);
    const role = deployed!.Properties.RoleArn['Fn::GetAtt'][0];
    const invocable = permissionsByRole(template)
      .get(role)!
      .filter(({ actions }) => actions.includes('lambda:InvokeFunction'))
      .flatMap(({ resources }) => resources)
      .map((arn) => arn.split(`:function:${PREFIX}`)[1]);
    expect(invocable.sort()).toEqual(names);
  });
});

test('traces and logs the state machines without their data, which contains task tokens', () => {
  template.resourceCountIs('AWS::StepFunctions::StateMachine', 2);
  template.allResourcesProperties('AWS::StepFunctions::StateMachine', {
    StateMachineType: 'STANDARD',
    DefinitionSubstitutions: { FunctionPrefix: PREFIX },
    TracingConfiguration: { Enabled: true },
    LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
  });
});

/** The declarations of a file with these names, and those that they mention. */
function usedIn(text: string, names: readonly string[]): string {
  const [imports = '', ...rest] = text.split(
    /^(?=(?:export )?(?:async )?(?:const|function|type|class) )/m,
  );
  const declarations = new Map(
    rest.map((code) => [/(?:const|function|type|class) (\w+)/.exec(code)?.[1] ?? '', code]),
  );
  const used = new Set(names);
  for (const name of used)
    for (const other of declarations.keys())
      if (new RegExp(`\\b${other}\\b`).test(declarations.get(name) ?? '')) used.add(other);
  return [imports, ...[...used].map((name) => declarations.get(name) ?? '')].join('\n');
}

/** The variables that a handler requires, together with the code that builds its clients. */
function variablesOf(file: string, names?: readonly string[]): string[] {
  const whole = readFileSync(join(ROOT, 'functions', file), 'utf8');
  const text = names ? usedIn(whole, names) : whole;
  // Names are quoted in a call of readEnv or senderDeps, or in a list (`MESSAGING_ENV`) in an imported file.
  const lists = [
    ...text.matchAll(/(?:readEnv(?:<[^>]*>)?|senderDeps)\(([^)]*)\)|_ENV = \[([^\]]*)\]/g),
  ].map(([, call, list]) => call ?? list ?? '');
  const own = lists
    .flatMap((list) => [...list.matchAll(/'(\w+)'/g)])
    .map(([, name]) => ENV[name as keyof typeof ENV])
    .filter((variable) => variable !== undefined);
  const builders = [
    ...text.matchAll(
      /import \{([^}]*)\} from '(\.[^']*\/(?:deps|handler|aws|http-clients|eventbridge-schedules)\.ts)'/g,
    ),
  ];
  return [
    ...own,
    ...builders.flatMap(([, imported = '', path = '']) =>
      variablesOf(join(file, '..', path), imported.match(/\w+/g) ?? []),
    ),
  ];
}

test('warns at synth when no region may act on IAM users and keys', () => {
  const warnings = (homeRegion: string | null) =>
    Annotations.fromStack(stackWith({ policy: { homeRegion } }).stack)
      .findWarning('*', Match.stringLikeRegexp('homeRegion'))
      .map(({ entry }) => entry.data);
  expect(warnings('eu-central-1')).toEqual([]);
  expect(warnings(null)).toEqual([expect.stringContaining('is handed off to a person')]);
});

describe('every function', () => {
  const entryOf = (name: string) =>
    /^(execute|reverse)-/.test(name)
      ? name.replace('-', '/entries/').concat('.ts')
      : `${name}/handler.ts`;

  test.each([...functions.keys()])(
    'gives %s every environment variable that its code requires',
    (name) => {
      const { Variables } = functions.get(name)!.properties.Environment;
      const wanted = variablesOf(entryOf(name));
      // Required only with this provider: permissions.test.ts starts `analyse` with what it gets.
      const needed = wanted.filter((variable) => variable !== ENV.anthropicSecretArn);
      expect(Object.keys(Variables)).toEqual(expect.arrayContaining(needed));
    },
  );

  test('runs every function on the Node version of the tests, on ARM, with tracing and logs for a year', () => {
    expect(process.versions.node.split('.')[0]).toBe('24');
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: Match.anyValue() },
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
  });

  test('attaches the policy layer to exactly the functions that read the policy', () => {
    const carriers = [...functions.values()]
      .filter(({ properties }) => properties.Layers)
      .map(({ name }) => name);
    const readers = [...functions.keys()].filter((name) =>
      variablesOf(entryOf(name)).includes(ENV.policyPath),
    );
    expect(carriers.sort()).toEqual(readers.sort());
  });
});

test.each(SCOPES)(
  'the executor of %s times out before a reversal assumes that it is dead',
  (scope) => {
    const { Timeout } = functions.get(`execute-${scope}`)!.properties;
    expect(Timeout).toBeLessThan(60 * EXECUTOR_TIMEOUT_MINUTES);
  },
);

const isOfFindings = ({ Properties: { EventPattern } }: Resource): boolean =>
  EventPattern &&
  !['aws.cloudformation', 'aws.ses'].some((source) => EventPattern.source?.includes(source));

test('checks the lists in AWS every two minutes, and after each deployment of this stack', () => {
  const world = functions.get('world')!;
  const targets = [Match.objectLike({ Arn: { 'Fn::GetAtt': [world.id, 'Arn'] } })];
  template.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(2 minutes)',
    Targets: targets,
  });
  for (const [detailType, what] of [
    ['CloudFormation Stack Status Change', {}],
    ['CloudFormation Resource Status Change', { 'resource-type': ['AWS::WAFv2::IPSet'] }],
  ] as const)
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.cloudformation'],
        'detail-type': [detailType],
        detail: {
          'stack-id': [{ Ref: 'AWS::StackId' }],
          'status-details': { status: Match.arrayWith(['UPDATE_COMPLETE']) },
          ...what,
        },
      },
      Targets: targets,
    });
  // Two concurrent checks would notify twice, and a check must end before the next one.
  expect(world.properties.ReservedConcurrentExecutions).toBe(1);
  expect(world.properties.Timeout).toBeLessThan(120);
});

test('SES reports every email of the stack that did not arrive, to one function', () => {
  const name = { Ref: Object.keys(resourcesOf(template, 'AWS::SES::ConfigurationSet'))[0] };
  template.hasResourceProperties('AWS::SES::ConfigurationSetEventDestination', {
    ConfigurationSetName: name,
    EventDestination: {
      Enabled: true,
      MatchingEventTypes: ['bounce', 'complaint', 'reject', 'deliveryDelay'],
      EventBridgeDestination: Match.anyValue(),
    },
  });
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.ses'],
      account: [POLICY.account],
      'detail-type': [
        'Email Bounced',
        'Email Complaint Received',
        'Email Rejected',
        'Email Delivery Delayed',
      ],
      detail: { mail: { tags: { 'ses:configuration-set': [name] } } },
    },
    Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [functions.get('bounce')!.id, 'Arn'] } })],
  });
  const senders = [...functions.values()].filter(({ permissions }) =>
    permissions.some(({ actions }) => actions.includes('ses:SendEmail')),
  );
  expect(senders.map((one) => one.name)).not.toContain('bounce');
  for (const { name: sender, properties, permissions } of senders) {
    expect(properties.Environment.Variables[ENV.mailConfigurationSet], sender).toEqual(name);
    const { resources, condition } = permissions.find(({ actions }) =>
      actions.includes('ses:SendEmail'),
    )!;
    expect(condition).toMatchObject({
      'ForAllValues:StringEquals': {
        'ses:Recipients': [
          ...['ana.silva@example.com', 'ben.okafor@example.com', 'mei.tanaka@example.com'],
        ],
      },
      Null: { 'ses:Recipients': 'false' },
    });
    expect(
      resources.filter((one) => one.includes(':configuration-set/')),
      sender,
    ).toHaveLength(1);
  }
});

describe('the roles that send email, with hundreds of people in policy', () => {
  const people = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => {
        const email = `person.number-${String(i).padStart(4, '0')}@security.example.com`;
        return [`person-${i}`, { ...POLICY.escalation.people['ana.silva']!, email }];
      }),
    );
  const withPeople = (count: number) =>
    templateWith({
      policy: {
        escalation: {
          ...POLICY.escalation,
          people: { ...POLICY.escalation.people, ...people(count) },
        },
      },
    });

  test('stay within the sizes of IAM, and may write to each of them', () => {
    const template = withPeople(400);
    const documents = (type: string) =>
      Object.values(resourcesOf(template, type)).map(({ Properties }) => Properties.PolicyDocument);
    const [inline, managed] = [documents('AWS::IAM::Policy'), documents('AWS::IAM::ManagedPolicy')];
    const sizes = (all: object[]) => all.map((document) => JSON.stringify(document).length);
    // CloudFormation's references are longer than the ARNs that they become.
    expect(Math.max(...sizes(inline))).toBeLessThan(10_240);
    expect(Math.max(...sizes(managed))).toBeLessThan(6_144);
    for (const i of [0, 199, 399])
      expect(JSON.stringify([inline, managed])).toContain(`number-${String(i).padStart(4, '0')}@`);
  });

  test('are refused at synthesis when IAM has no room for all addresses', () => {
    expect(() => withPeople(1_000)).toThrow(/IAM has no room for all of their addresses/);
  });
});

describe('the way in', () => {
  const queues = resourcesOf(template, 'AWS::SQS::Queue');
  const failed = Object.keys(queues).find(
    (id) => queues[id]!.Properties.QueueName === `${PREFIX}intake-failed`,
  );

  test('every rule that delivers findings has a dead-letter queue, and so has the intake queue', () => {
    const rules = Object.values(resourcesOf(template, 'AWS::Events::Rule')).filter(isOfFindings);
    expect(rules).toHaveLength(new Set(SOURCES.map(({ events }) => events.rule)).size);
    for (const { Properties } of rules)
      expect(Properties.Targets[0].DeadLetterConfig.Arn['Fn::GetAtt'][0]).toBe(failed);
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: `${PREFIX}intake`,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [failed, 'Arn'] }, maxReceiveCount: 5 },
    });
  });

  test("retries only the failed findings of a batch, after at least six times the function's timeout", () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    const intake = Object.values(queues).find((q) => q.Properties.QueueName === `${PREFIX}intake`)!;
    const { Timeout } = functions.get('intake')!.properties;
    expect(intake.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
  });

  test('accepts only security risks from AWS Health', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.health'],
        detail: { eventTypeCode: [{ prefix: 'AWS_RISK_' }] },
      },
    });
  });

  test('adds a rule on the event bus of a partner that policy names', () => {
    const partnerSources = [
      {
        eventBus: 'aws.partner/wiz.io/issues',
        source: 'aws.partner/wiz.io/issues',
        format: 'generic',
      },
    ] as const;
    templateWith({ policy: { partnerSources: [...partnerSources] } }).hasResourceProperties(
      'AWS::Events::Rule',
      {
        EventBusName: 'aws.partner/wiz.io/issues',
        EventPattern: { source: ['aws.partner/wiz.io/issues'] },
      },
    );
  });

  test('accepts exactly the event types that the sources read', () => {
    const types = Object.values(resourcesOf(template, 'AWS::Events::Rule'))
      .filter(isOfFindings)
      .flatMap(({ Properties }) => Properties.EventPattern['detail-type'] ?? []);
    expect(types.sort()).toEqual(SOURCES.flatMap(({ events }) => events.detailTypes).sort());
  });

  test('sends a schedule that cannot be delivered to a dead-letter queue that its role can write to', () => {
    const role = Object.keys(resourcesOf(template, 'AWS::IAM::Role')).find((id) =>
      id.startsWith('ReversalSchedules'),
    );
    const permissions = permissionsByRole(template).get(role!)!;
    expect(
      permissions.map(
        ({ actions, resources }) => `${actions} ${resources.map((r) => r.split(':').at(-1))}`,
      ),
    ).toEqual([
      'states:StartExecution countermand-reverse',
      'lambda:InvokeFunction countermand-remind',
      expect.stringMatching(/^sqs:SendMessage \$\{ReversalSchedulesFailed\w+\.Arn\}$/),
    ]);
  });
});

test('protects the table with deletion protection, backups and a stream', () => {
  template.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'Retain',
    Properties: {
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      GlobalSecondaryIndexes: [
        Match.objectLike({ IndexName: 'attention' }),
        {
          IndexName: 'sweep',
          KeySchema: [
            { AttributeName: 'sweepShard', KeyType: 'HASH' },
            { AttributeName: 'sweepAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    },
  });
});

describe('the copies of the records', () => {
  test('P8: locks copies for a year, in a bucket that remains after the stack is deleted', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        ObjectLockEnabled: true,
        ObjectLockConfiguration: {
          Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 365 } },
        },
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      },
    });
  });

  test('calls the summarising function with changed records, and drops a record that keeps failing', () => {
    const mappings = Object.values(resourcesOf(template, 'AWS::Lambda::EventSourceMapping'));
    const stream = mappings.find(({ Properties }) => Properties.StartingPosition === 'LATEST');
    expect(stream?.Properties).toMatchObject({
      FunctionName: { Ref: functions.get('summarise')!.id },
      MaximumBatchingWindowInSeconds: 3,
      MaximumRetryAttempts: 10,
      BisectBatchOnFunctionError: true,
    });
  });

  test('has at most two readers of the stream, which AWS recommends', () => {
    const mappings = Object.values(resourcesOf(template, 'AWS::Lambda::EventSourceMapping'));
    const ofTheTable = mappings.filter(({ Properties }) => 'StartingPosition' in Properties);
    expect(ofTheTable).toHaveLength(2);
  });

  test('P8: copies every change of evidence, decisions and effects, and retries until it succeeds', () => {
    const mappings = Object.values(resourcesOf(template, 'AWS::Lambda::EventSourceMapping'));
    const stream = mappings.find(
      ({ Properties }) => Properties.StartingPosition === 'TRIM_HORIZON',
    );
    expect(stream?.Properties).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      FilterCriteria: {
        Filters: [
          {
            Pattern: JSON.stringify({
              dynamodb: {
                Keys: {
                  pk: {
                    S: [
                      { prefix: '2/INCIDENT#' },
                      { prefix: '2/MEMBER#' },
                      { prefix: '2/ALERT#' },
                      { prefix: '2/FACTS#' },
                      { prefix: '2/ASSESSMENT#' },
                      { prefix: '2/DECISION#' },
                      { prefix: 'POLICY#' },
                      { prefix: '2/ACTION#' },
                      { prefix: 'LEASE#' },
                      { prefix: 'BREAKER#' },
                      { prefix: 'SWITCH#' },
                      { prefix: 'HALT#' },
                      { prefix: 'RESUME#' },
                      { prefix: 'READ#' },
                      { prefix: 'INCIDENT#' },
                    ],
                  },
                },
              },
            }),
          },
        ],
      },
    });
    expect(stream?.Properties).not.toHaveProperty('MaximumRetryAttempts');
    expect(stream?.Properties).not.toHaveProperty('MaximumRecordAgeInSeconds');
  });
});

describe('the firewall', () => {
  test('evaluates the watch rules before the block rules, for both address families', () => {
    const [group] = Object.values(resourcesOf(template, 'AWS::WAFv2::RuleGroup'));
    const rules = group!.Properties.Rules.map((rule: Record<string, unknown>) => [
      rule.Name,
      rule.Action,
    ]);
    expect(rules).toEqual([
      ['countermand-watch-ipv4', { Count: {} }],
      ['countermand-watch-ipv6', { Count: {} }],
      ['countermand-block-ipv4', { Block: {} }],
      ['countermand-block-ipv6', { Block: {} }],
    ]);
  });

  test('gives each rule a metric, and labels watched requests as the description says', () => {
    const [group] = Object.values(resourcesOf(template, 'AWS::WAFv2::RuleGroup'));
    for (const rule of group!.Properties.Rules) {
      expect(rule.VisibilityConfig).toEqual({
        CloudWatchMetricsEnabled: true,
        SampledRequestsEnabled: true,
        MetricName: rule.Name,
      });
      if (!rule.Action.Count) continue;
      expect(rule.RuleLabels).toEqual([{ Name: 'countermand:watched' }]);
      const value = rule.Name.endsWith('ipv4') ? '203.0.113.7' : '2001:db8::7';
      const description = watchAddress
        .describe(subjectOn({ ...attacker, value }), null)
        .changes.join();
      expect(description).toContain('countermand:watched');
      expect(rule.Name, 'the rule that the description names').toContain(
        description.match(/rule (watch-ipv\d)/)?.[1],
      );
    }
  });

  test('does not change IP sets with the policy, because an update would remove every block', () => {
    const other = templateWith({
      policy: { version: 'ffffffffffff', mode: 'live', stage: 'staging' },
    });
    expect(resourcesOf(other, 'AWS::WAFv2::IPSet')).toEqual(
      resourcesOf(template, 'AWS::WAFv2::IPSet'),
    );
    template.allResourcesProperties('AWS::WAFv2::IPSet', { Addresses: [] });
  });

  test('gives the executor the ID and name of each IP set', () => {
    const sets = JSON.parse(
      text(functions.get('execute-waf')!.properties.Environment.Variables[ENV.ipSets]),
    );
    expect(sets).toHaveLength(4);
    expect(sets[0]).toMatchObject({
      purpose: 'watch',
      scope: 'REGIONAL',
      family: 'ipv4',
      name: 'countermand-watch-ipv4',
    });
  });
});

test('the HTTP API has only the routes of the pages, is throttled, and logs no link', () => {
  const routesIn = (of: typeof template) =>
    Object.values(resourcesOf(of, 'AWS::ApiGatewayV2::Route'))
      .map(({ Properties }) => Properties.RouteKey)
      .sort();
  const served = [
    ...readFileSync(join(ROOT, 'functions/web/web.ts'), 'utf8').matchAll(
      /app\.(get|post)\('([^']+)'/g,
    ),
  ].map(([, method, path]) => `${method!.toUpperCase()} ${path!.replace(/:(\w+)/g, '{$1}')}`);
  const slack = 'POST /slack';
  const ofTheConsole = 'GET /sign-in/console';
  const always = served.filter((route) => route !== slack && route !== ofTheConsole);
  expect(routesIn(template)).toEqual(always.toSorted());
  const channels = {
    ...POLICY.channels,
    slack: { token: 'slack', buttons: { signingSecret: 'signing', team: 'T012AB3CD' } },
  };
  const withButtons = templateWith({ policy: { channels } });
  expect(routesIn(withButtons), 'and the route for Slack, with buttons').toEqual(
    [...always, slack].sort(),
  );
  const [stage] = Object.values(resourcesOf(template, 'AWS::ApiGatewayV2::Stage'));
  expect(stage!.Properties.DefaultRouteSettings).toMatchObject({
    ThrottlingRateLimit: 200,
    ThrottlingBurstLimit: 400,
  });
  expect(stage!.Properties.AccessLogSettings.Format).not.toMatch(/path|rawPath|queryString/i);
});

describe('the console', () => {
  const signIn = {
    issuer: 'https://login.example.com',
    clientId: 'c',
    clientSecret: 'countermand/sign-in',
    claim: 'email',
    acrValues: [],
  };
  const deployed = templateWith({ policy: { signIn } });

  test('is not deployed without sign-in', () => {
    const routes = Object.values(resourcesOf(template, 'AWS::ApiGatewayV2::Route'));
    expect(routes.filter(({ Properties }) => /console|api/.test(Properties.RouteKey))).toEqual([]);
    for (const name of ['api', 'console', 'halt', 'resume'])
      expect(functions.has(name)).toBe(false);
  });

  test('halts with a function that signs nothing, and only the function that resumes signs that', () => {
    const of = (name: string) => functionsOf(deployed).get(name)!.permissions;
    const written = (name: string) =>
      of(name).flatMap(({ actions, condition }) =>
        actions.includes('dynamodb:PutItem') ? JSON.stringify(condition).match(/[A-Z]+#\*/g) : [],
      );
    expect([written('halt'), written('resume')]).toEqual([['HALT#*'], ['RESUME#*']]);
    const isSigning = (name: string) =>
      of(name).some((one) => one.actions.includes('kms:GenerateMac'));
    expect([isSigning('halt'), isSigning('resume')]).toEqual([false, true]);
    const key = (name: string, action: string) =>
      JSON.stringify(
        of(name)
          .filter(({ actions }) => actions.includes(action))
          .map((one) => one.resources),
      );
    const signers = [...functionsOf(deployed).keys()].filter((name) =>
      /ResumeKey/.test(key(name, 'kms:GenerateMac')),
    );
    expect(signers).toEqual(['resume']);
    for (const name of ['gate', 'web', 'intake', 'console', 'halt', 'archive', 'execute-waf'])
      expect(key(name, 'kms:VerifyMac'), name).toMatch(/ResumeKey/);
    const [stage] = Object.values(resourcesOf(deployed, 'AWS::ApiGatewayV2::Stage'));
    const routes = Object.keys(stage!.Properties.RouteSettings);
    expect(routes).toEqual(
      expect.arrayContaining(['POST /console/halt', 'GET /console/resume', 'POST /console/resume']),
    );
  });

  test('can read, verify sessions, sign links and write notes, and nothing else', () => {
    const own = functionsOf(deployed).get('console')!;
    const actions = own.permissions.flatMap((one) => one.actions);
    expect([...new Set(actions)].sort()).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'kms:GenerateMac',
      'kms:VerifyMac',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  test('has an API that can read, verify tokens and record reads, and nothing else', () => {
    const own = functionsOf(deployed).get('api')!;
    const { condition } = own.permissions.find(({ actions }) =>
      actions.includes('dynamodb:PutItem'),
    )!;
    expect(JSON.stringify(condition)).toContain('"READ#*"');
    const actions = own.permissions.flatMap((one) => one.actions);
    expect(actions.filter((one) => /^(dynamodb|kms):/.test(one)).sort()).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:Query',
      'kms:VerifyMac',
    ]);
  });

  test('has a rate limit and a concurrency of its own, below those of the decision pages', () => {
    const [stage] = Object.values(resourcesOf(deployed, 'AWS::ApiGatewayV2::Stage'));
    const limits = stage!.Properties.RouteSettings;
    for (const route of ['GET /console', 'POST /console/{proxy+}', 'GET /sign-in/console'])
      expect(limits[route]).toMatchObject({ ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 });
    const concurrency = (name: string) =>
      functionsOf(deployed).get(name)!.properties.ReservedConcurrentExecutions;
    expect(limits['GET /api/{proxy+}']).toMatchObject({ ThrottlingRateLimit: 100 });
    expect([concurrency('api'), concurrency('console'), concurrency('web')]).toEqual([4, 5, 20]);
  });
});

test('creates the link key as an HMAC key', () => {
  template.hasResourceProperties('AWS::KMS::Key', {
    KeySpec: 'HMAC_256',
    KeyUsage: 'GENERATE_VERIFY_MAC',
  });
});

test('reserves concurrency for every reversal', () => {
  for (const scope of SCOPES)
    expect(functions.get(`reverse-${scope}`)!.properties.ReservedConcurrentExecutions).toBe(2);
});

test('keeps each asynchronous call that failed, with its error', () => {
  const queue = Object.entries(resourcesOf(template, 'AWS::SQS::Queue')).find(
    ([, { Properties }]) => Properties.QueueName === `${PREFIX}calls-failed`,
  )![0];
  const kept = Object.values(resourcesOf(template, 'AWS::Lambda::EventInvokeConfig'))
    .filter(({ Properties }) =>
      text(Properties.DestinationConfig.OnFailure.Destination).includes(queue),
    )
    .map(({ Properties }) => Properties.FunctionName.Ref);
  const names = kept.map((id) => [...functions.values()].find((one) => one.id === id)?.name);
  // A role that may invoke a function by name does so asynchronously, except the world check and the state machines.
  const callers = [...functions.values()].filter(({ name }) => name !== 'world');
  const roles = permissionsByRole(template);
  const called = [
    ...callers.flatMap(({ permissions }) => permissions),
    ...[...roles].flatMap(([id, statements]) =>
      id.startsWith('ReversalSchedules') ? statements : [],
    ),
  ]
    .filter(({ actions }) => actions.includes('lambda:InvokeFunction'))
    .flatMap(({ resources }) => resources.map((arn) => arn.split(`:${PREFIX}`)[1]));
  // EventBridge calls `bounce` for each email that is not delivered.
  expect(names.sort()).toEqual([...new Set([...called, 'bounce'])].sort());
});

describe('alarms', () => {
  test('raises an alarm when API Gateway refuses requests', () => {
    template.hasResourceProperties('AWS::Logs::MetricFilter', {
      FilterPattern: '{ $.status = "429" }',
      MetricTransformations: [Match.objectLike({ MetricName: 'RequestsThrottled' })],
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'RequestsThrottled',
      Threshold: 1,
    });
  });

  test('sends every alarm to the team topic, which CloudWatch can publish to', () => {
    const alarms = Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm'));
    const [topic] = Object.keys(resourcesOf(template, 'AWS::SNS::Topic'));
    for (const { Properties } of alarms) {
      expect(Properties.AlarmActions).toEqual([{ Ref: topic }]);
    }
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } }),
        ]),
      },
    });
  });

  test('names an existing runbook in every alarm', () => {
    const runbooks = readFileSync(join(ROOT, 'docs/runbooks/README.md'), 'utf8');
    const headings = [...runbooks.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm')))
      expect(headings).toContain(Properties.AlarmDescription.split(' Runbook: ')[1]);
  });

  test('raises an alarm when three analyses fail within 15 minutes', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'AnalysisFailed',
      Statistic: 'Sum',
      Period: 900,
      Threshold: 3,
      EvaluationPeriods: 1,
    });
  });

  test.each([
    ['reversal failed', SCOPES.length],
    ['record altered', SCOPES.length + 2],
    ['action not authorised', SCOPES.length],
    ['analysis failed', 1],
  ])('counts the log lines “%s” in each log that may contain them', (line, times) => {
    const filters = Object.values(resourcesOf(template, 'AWS::Logs::MetricFilter'));
    const patterns = filters.map(({ Properties }) => Properties.FilterPattern);
    expect(patterns.filter((one) => one === `{ $.message = "${line}" }`)).toHaveLength(times);
  });
});
