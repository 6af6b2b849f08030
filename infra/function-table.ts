// Every function there is: where its code is, what it is told, what it may do. The one place to read and to review.
import { ENV } from '../functions/domain/env.ts';
import { DEPLOYMENT } from '../functions/mechanisms/deployment.ts';
import { SCOPES, type Scope } from '../functions/mechanisms/registry.ts';
import { functionArn, stateMachineArn } from './names.ts';
import { deployedStack, type MechanismRole, type Right } from './rights.ts';
import type { StackContext } from './stack-context.ts';

export type FunctionRow = {
  /** Its name in AWS is the prefix and this. */
  name: string;
  /** Below functions/. */
  entry: string;
  /** The exported handler. */
  handler: string;
  /** Shorter than the TimeoutSeconds of its state, so that the function's own error is the one that is seen. */
  timeoutSeconds: number;
  /** At most so many at once; absent: as many as the account allows. */
  reservedConcurrency?: number;
  /** Whether it carries the compiled policy. */
  policy: boolean;
  env: Readonly<Record<string, string>>;
  may: readonly Right[];
  /** For executors and reversers: the folder of functions/mechanisms, and which of its two roles. */
  mechanism?: MechanismRole;
  /** Whether it may call the configured model. */
  model?: true;
};

export function functionTable(s: StackContext): FunctionRow[] {
  const names = { prefix: s.settings.prefix, stack: s.stack };
  const table = { [ENV.tableName]: s.tableName };
  const respond = { [ENV.respondArn]: stateMachineArn(names, 'respond') };
  const reverse = { [ENV.reverseArn]: stateMachineArn(names, 'reverse') };
  const messages = { [ENV.mailFrom]: s.settings.mailFrom, [ENV.teamTopicArn]: s.teamTopicArn };
  const links = { [ENV.linkKeyArn]: s.linkKeyArn, [ENV.webBaseUrl]: s.webBaseUrl };
  const schedules = {
    ...reverse,
    [ENV.scheduleGroup]: s.schedules.groupName,
    [ENV.scheduleRoleArn]: s.schedules.role.roleArn,
    [ENV.remindFunctionArn]: functionArn(names, 'remind'),
    [ENV.scheduleDeadLetterArn]: s.schedules.failed.queueArn,
  };
  const records = ['readRecords', 'writeRecords'] as const;
  /** By each channel of the account's policy. */
  const send = ['sendMail', 'tellTeam', 'sendTexts', 'readMessageSecrets'] as const;
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
      },
      may: [...records, 'startRespond', 'putAside'],
    },
    {
      ...state('enrich'),
      timeoutSeconds: 60,
      policy: true,
      env: table,
      may: [
        ...records,
        'lookAtInstances',
        'lookAtUsers',
        'lookAtRoles',
        'lookAtFunctions',
        'lookAtCalendar',
        'lookAtWebTraffic',
      ],
    },
    {
      ...state('analyse'),
      timeoutSeconds: 120,
      policy: false,
      env: modelEnv(s),
      may: [],
      model: true,
    },
    {
      ...state('gate'),
      timeoutSeconds: 30,
      policy: true,
      env: table,
      may: [...records, 'readOnCallSecrets'],
    },
    {
      ...state('approve'),
      // Two rungs, where the first cannot be reached and every channel makes us wait.
      timeoutSeconds: 60,
      policy: true,
      env: { ...table, ...messages, ...links },
      may: [...records, 'answerRespond', 'generateLinks', ...send],
    },
    {
      ...state('web'),
      timeoutSeconds: 15,
      // The one door to the outside: a flood at it must not use up what everything else runs on.
      reservedConcurrency: 10,
      policy: true,
      env: {
        ...table,
        ...links,
        ...(s.previousLinkKeyArn && { [ENV.previousLinkKeyArn]: s.previousLinkKeyArn }),
        [ENV.pageKeyArn]: s.pageKeyArn,
        ...schedules,
        ...respond,
        [ENV.approveFunctionName]: `${s.settings.prefix}approve`,
      },
      may: [
        ...records,
        'answerRespond',
        'startRespond',
        'startReverse',
        'callApprove',
        'verifyLinks',
        'sealPages',
        'readSignInSecret',
        'setSchedules',
        'lendScheduleRole',
        'readAnswerSecret',
      ],
    },
    ...SCOPES.flatMap((scope) => executors(s, scope)),
    {
      ...state('notify'),
      timeoutSeconds: 60,
      policy: true,
      env: { ...table, ...messages, ...links },
      may: [
        ...records,
        'generateLinks',
        ...send,
        'openTickets',
        'readTicketSecret',
        'readOnCallSecrets',
      ],
    },
    {
      ...state('close'),
      timeoutSeconds: 30,
      policy: true,
      env: { ...table, ...messages, ...links },
      may: [...records, 'generateLinks', ...send],
    },
    {
      ...state('remind'),
      timeoutSeconds: 30,
      policy: true,
      env: { ...table, ...messages, ...links },
      may: [...records, 'generateLinks', ...send, 'lookAtWebTraffic'],
    },
    {
      ...state('sweep'),
      timeoutSeconds: 120,
      // One at a time: two would do the same work.
      reservedConcurrency: 1,
      policy: true,
      env: {
        ...table,
        ...messages,
        ...respond,
        ...reverse,
        [ENV.notifyFunctionName]: `${s.settings.prefix}notify`,
      },
      may: [
        ...records,
        'findOverdue',
        'startRespond',
        'startReverse',
        'answerRespond',
        'callNotify',
        ...send,
      ],
    },
    {
      ...state('archive'),
      timeoutSeconds: 60,
      policy: false,
      env: { [ENV.archiveBucket]: s.archive.bucket.bucketName },
      may: ['copyRecords'],
    },
  ];

  /** Two functions of one scope with the same permissions; only the executor may set schedules. */
  function executors(context: StackContext, scope: Scope): FunctionRow[] {
    const row = {
      handler: 'handler',
      timeoutSeconds: 120,
      policy: true,
      env: {
        ...table,
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
        may: [...records, 'setSchedules', 'lendScheduleRole'],
      },
      {
        ...row,
        name: `reverse-${scope}`,
        entry: `reverse/entries/${scope}.ts`,
        mechanism: { scope, step: 'reverse' },
        may: [...records, 'dropLeases', 'removeSchedules'],
      },
    ];
  }
}

function modelEnv({ settings }: StackContext): Record<string, string> {
  const { modelProvider, modelId, anthropicSecretArn } = settings;
  return {
    ...(modelProvider && { [ENV.modelProvider]: modelProvider }),
    ...(modelId && { [ENV.modelId]: modelId }),
    ...(anthropicSecretArn && { [ENV.anthropicSecretArn]: anthropicSecretArn }),
  };
}
