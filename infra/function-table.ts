// Every Lambda function with its entry, environment and permissions.
import { ENV } from '../functions/domain/env.ts';
import { DEPLOYMENT } from '../functions/mechanisms/deployment.ts';
import { SCOPES, type Scope } from '../functions/mechanisms/registry.ts';
import type { Writable } from '../functions/store/layout.ts';
import { writesOf } from '../functions/store/writers.ts';
import { deployedStack, type Grant, type MechanismRole } from './iam-statements.ts';
import { functionArn, stateMachineArn } from './names.ts';
import type { StackContext } from './stack-context.ts';

export type FunctionRow = {
  /** The function's name in AWS without the stack's prefix. */
  name: string;
  /** Path below functions/. */
  entry: string;
  /** The exported handler. */
  handler: string;
  /** Must be shorter than the state's TimeoutSeconds, so that the execution shows the function's own error. */
  timeoutSeconds: number;
  /** Limits concurrent executions; without it, the account's limit applies. */
  reservedConcurrency?: number;
  /** True when the function carries the policy layer. */
  policy: boolean;
  env: Readonly<Record<string, string>>;
  grants: readonly Grant[];
  /** The kinds of records that it may write. */
  writes: readonly Writable[];
  /** Set for executors and reversers only. */
  mechanism?: MechanismRole;
  /** True when the function may read the lists that mechanisms write. */
  world?: true;
  /** True when the function may call the configured model. */
  model?: true;
};

/** All functions. `writes` comes from the list that the laptop and docs/writers.md use, too. */
export function functionTable(s: StackContext): FunctionRow[] {
  const { recordLayout = 2, layout1Ended = false } = s.settings;
  return functionRows(s).map((row) => ({
    ...row,
    writes: writesOf(row.name, { recordLayout, layout1Ended }),
  }));
}

function functionRows(s: StackContext): Omit<FunctionRow, 'writes'>[] {
  const { names } = s;
  const table = { [ENV.tableName]: s.tableName };
  const respond = { [ENV.respondArn]: stateMachineArn(names, 'respond') };
  const reverse = { [ENV.reverseArn]: stateMachineArn(names, 'reverse') };
  const messages = {
    [ENV.mailFrom]: s.settings.mailFrom,
    [ENV.teamTopicArn]: s.teamTopicArn,
    [ENV.pageKeyArn]: s.pageKeyArn,
  };
  const links = { [ENV.linkKeyArn]: s.linkKeyArn, [ENV.webBaseUrl]: s.webBaseUrl };
  const proofs = proofEnv(s);
  const schedules = {
    ...reverse,
    [ENV.scheduleGroup]: s.schedules.groupName,
    [ENV.scheduleRoleArn]: s.schedules.role.roleArn,
    [ENV.remindFunctionArn]: functionArn(names, 'remind'),
    [ENV.scheduleDeadLetterArn]: s.schedules.failed.queueArn,
  };
  /** Grants for sending over every channel that the account's policy configures. */
  const send = [
    'countPages',
    'sendMail',
    'publishToTeam',
    'sendSms',
    'readMessageSecrets',
  ] as const;
  const state = (name: string) => ({ name, entry: `${name}/handler.ts`, handler: 'handler' });

  return [
    {
      ...state('intake'),
      timeoutSeconds: 60,
      policy: true,
      env: {
        ...table,
        ...respond,
        [ENV.rejectedQueueUrl]: s.rejectedQueueUrl,
        [ENV.ownPrefix]: s.settings.prefix,
        [ENV.recordLayout]: String(s.settings.recordLayout ?? 2),
        ...proofs,
      },
      grants: ['readRecords', 'startRespond', 'sendToRejectedQueue', 'signAlerts'],
    },
    {
      ...state('enrich'),
      timeoutSeconds: 60,
      policy: true,
      env: table,
      grants: [
        'readRecords',
        'readInstances',
        'readUsers',
        'readRoles',
        'readFunctionTags',
        'readChangeCalendars',
        'sampleWebRequests',
      ],
    },
    {
      ...state('analyse'),
      timeoutSeconds: 120,
      policy: false,
      env: modelEnv(s),
      grants: [],
      model: true,
    },
    {
      ...state('gate'),
      timeoutSeconds: 30,
      policy: true,
      env: { ...table, ...proofs },
      grants: [
        'readRecords',
        'readOnCallSecrets',
        'signRulings',
        'verifyRulings',
        'verifyVotes',
        'verifyEvidence',
        'verifyAlerts',
      ],
    },
    {
      ...state('approve'),
      // Covers two escalation steps: the first is unreachable and every channel is rate-limited.
      timeoutSeconds: 60,
      policy: true,
      env: { ...table, ...messages, ...links },
      grants: ['readRecords', 'answerApprovals', 'signLinks', ...send],
    },
    {
      ...state('web'),
      timeoutSeconds: 15,
      // The only public endpoint: a flood of requests must not use up the account's concurrency.
      reservedConcurrency: 10,
      policy: true,
      env: {
        ...table,
        ...links,
        ...(s.previousLinkKeyArn && { [ENV.previousLinkKeyArn]: s.previousLinkKeyArn }),
        ...proofs,
        ...schedules,
        ...respond,
        [ENV.approveFunctionName]: `${s.settings.prefix}approve`,
      },
      grants: [
        'readRecords',
        'answerApprovals',
        'startRespond',
        'startReverse',
        'invokeApprove',
        'verifyLinks',
        'signVotes',
        'verifyVotes',
        'verifyRulings',
        'verifyEvidence',
        'readSignInSecret',
        'manageSchedules',
        'passScheduleRole',
        'readSlackSecret',
      ],
    },
    ...SCOPES.flatMap((scope) => executors(s, scope)),
    {
      ...state('notify'),
      timeoutSeconds: 60,
      policy: true,
      env: { ...table, ...messages, ...links },
      grants: [
        'readRecords',
        'signLinks',
        ...send,
        'createOpsItems',
        'readTicketSecret',
        'readOnCallSecrets',
      ],
    },
    {
      ...state('close'),
      timeoutSeconds: 30,
      policy: true,
      env: { ...table, ...messages, ...links },
      grants: ['readRecords', 'signLinks', ...send],
    },
    {
      ...state('remind'),
      timeoutSeconds: 30,
      policy: true,
      env: { ...table, ...messages, ...links },
      grants: ['readRecords', 'signLinks', ...send, 'sampleWebRequests'],
    },
    {
      ...state('sweep'),
      timeoutSeconds: 120,
      // Two concurrent sweeps would repeat each other's work.
      reservedConcurrency: 1,
      policy: true,
      env: {
        ...table,
        ...messages,
        ...respond,
        ...reverse,
        [ENV.notifyFunctionName]: `${s.settings.prefix}notify`,
      },
      grants: [
        'readRecords',
        'findOverdue',
        'startRespond',
        'startReverse',
        'answerApprovals',
        'invokeNotify',
        ...send,
      ],
    },
    {
      ...state('world'),
      timeoutSeconds: 110,
      // Two concurrent checks would notify twice.
      reservedConcurrency: 1,
      policy: true,
      env: {
        ...Object.assign({}, ...SCOPES.map((scope) => worldEnv(s, scope))),
        [ENV.ownPrefix]: s.settings.prefix,
        ...table,
        ...messages,
        ...proofs,
      },
      grants: [
        'readRecords',
        'findOverdue',
        'verifyVotes',
        'verifyEvidence',
        'readTrail',
        'invokeExecutors',
        ...send,
      ],
      world: true,
    },
    {
      ...state('ticket'),
      timeoutSeconds: 110,
      policy: true,
      env: table,
      grants: ['readRecords', 'updateOpsItems', 'readTicketSecret'],
    },
    {
      ...state('archive'),
      timeoutSeconds: 60,
      policy: false,
      env: { [ENV.archiveBucket]: s.archive.bucket.bucketName, ...proofs },
      grants: ['archiveRecords', 'verifyVotes', 'verifyRulings', 'verifyEvidence'],
    },
  ];

  /** The executor and the reverser of a scope. Only the executor may create schedules. */
  function executors(context: StackContext, scope: Scope): Omit<FunctionRow, 'writes'>[] {
    const row = {
      handler: 'handler',
      timeoutSeconds: 120,
      policy: true,
      env: {
        ...table,
        ...proofs,
        ...schedules,
        ...DEPLOYMENT[scope].environment?.(deployedStack(context)),
      },
    };
    return [
      {
        ...row,
        name: `execute-${scope}`,
        entry: `execute/entries/${scope}.ts`,
        mechanism: { scope, step: 'execute' },
        grants: [
          'readRecords',
          'manageSchedules',
          'passScheduleRole',
          'verifyVotes',
          'verifyRulings',
          'signEvidence',
          'verifyEvidence',
        ],
      },
      {
        ...row,
        name: `reverse-${scope}`,
        entry: `reverse/entries/${scope}.ts`,
        mechanism: { scope, step: 'reverse' },
        grants: ['readRecords', 'deleteSchedules', 'verifyVotes', 'verifyEvidence'],
      },
    ];
  }
}

/** The variables of a scope's functions, if the world check reads its lists. */
const worldEnv = (s: StackContext, scope: Scope): Readonly<Record<string, string>> => {
  const { world, environment } = DEPLOYMENT[scope];
  return (world && environment?.(deployedStack(s))) ?? {};
};

/** Every function gets all names; its grants say which key it may use, and how. */
function proofEnv({ proofKeys, stack }: StackContext): Record<string, string> {
  const { votes, rulings, evidence, alerts } = proofKeys;
  const previous = {
    votes: votes.previous?.keyArn,
    rulings: rulings.previous?.keyArn,
    evidence: evidence.previous?.keyArn,
    alerts: alerts.previous?.keyArn,
  };
  return {
    [ENV.voteKeyArn]: votes.current.keyArn,
    [ENV.rulingKeyArn]: rulings.current.keyArn,
    [ENV.evidenceKeyArn]: evidence.current.keyArn,
    [ENV.alertKeyArn]: alerts.current.keyArn,
    ...(previous.votes && { [ENV.previousProofKeyArns]: stack.toJsonString(previous) }),
  };
}

function modelEnv({ settings }: StackContext): Record<string, string> {
  const { modelProvider, modelId, anthropicSecretArn } = settings;
  return {
    ...(modelProvider && { [ENV.modelProvider]: modelProvider }),
    ...(modelId && { [ENV.modelId]: modelId }),
    ...(anthropicSecretArn && { [ENV.anthropicSecretArn]: anthropicSecretArn }),
  };
}
