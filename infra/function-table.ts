// Every Lambda function with its entry, environment and permissions.
import { ENV } from '../functions/domain/env.ts';
import { SCOPES } from '../functions/mechanisms/registry.ts';
import { writesOf } from '../functions/store/writers.ts';
import { commonEnv, worldEnv } from './function-env.ts';
import type { FunctionRow } from './function-row.ts';
import { mechanismFunctions } from './mechanism-functions.ts';
import { analyseEnv, modelEnv } from './model-access.ts';
import type { StackContext } from './stack-context.ts';

/** All functions. `writes` comes from the list that the laptop and docs/writers.md use, too. */
export function functionTable(s: StackContext): FunctionRow[] {
  const { recordLayout = 2, layout1Ended = false } = s.settings;
  return functionRows(s).map((row) => ({
    ...row,
    writes: writesOf(row.name, { recordLayout, layout1Ended }),
  }));
}

function functionRows(s: StackContext): Omit<FunctionRow, 'writes'>[] {
  const { table, respond, reverse, messages, links, proofs, schedules } = commonEnv(s);
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
      grants: [
        'readRecords',
        'startRespond',
        'sendToRejectedQueue',
        'signAlerts',
        'verifyResumptions',
      ],
    },
    {
      ...state('enrich'),
      timeoutSeconds: 60,
      policy: true,
      env: { ...table, ...modelEnv(s), [ENV.flowLogGroup]: s.flowLogs.logGroupName },
      grants: [
        'readRecords',
        'readInstances',
        'readUsers',
        'readRoles',
        'readGroups',
        'readInstanceProfiles',
        'readFunctionTags',
        'readOptIns',
        'readChangeCalendars',
        'readTrail',
        'readConfigHistory',
        'sampleWebRequests',
        'findFlowLogs',
        'readFlowLogs',
      ],
    },
    {
      ...state('analyse'),
      timeoutSeconds: 120,
      policy: false,
      env: analyseEnv(s),
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
        'verifyResumptions',
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
      // Public: a flood of requests must neither use up the account's concurrency nor keep an approver out.
      reservedConcurrency: 20,
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
        'verifyResumptions',
        'readSignInSecret',
        'manageSchedules',
        'passScheduleRole',
        'readSlackSecret',
      ],
    },
    ...consoleFunctions(s),
    ...SCOPES.flatMap((scope) => mechanismFunctions(s, scope)),
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
      ...state('summarise'),
      timeoutSeconds: 60,
      policy: false,
      env: { ...table, [ENV.ticketFunctionName]: `${s.settings.prefix}ticket` },
      grants: ['readRecords', 'invokeTicket'],
    },
    {
      ...state('ticket'),
      timeoutSeconds: 110,
      policy: true,
      env: { ...table, [ENV.webBaseUrl]: s.webBaseUrl },
      grants: ['readRecords', 'updateOpsItems', 'readTicketSecret'],
    },
    {
      ...state('bounce'),
      timeoutSeconds: 30,
      policy: true,
      env: {
        ...table,
        ...messages,
        [ENV.approveFunctionName]: `${s.settings.prefix}approve`,
      },
      // It notifies the team and no person: no email, no texts, no links.
      grants: ['readRecords', 'invokeApprove', 'publishToTeam', 'readMessageSecrets'],
    },
    {
      ...state('archive'),
      timeoutSeconds: 60,
      policy: false,
      env: { [ENV.archiveBucket]: s.archive.bucket.bucketName, ...proofs },
      grants: [
        'archiveRecords',
        'verifyAlerts',
        'verifyVotes',
        'verifyRulings',
        'verifyEvidence',
        'verifyResumptions',
      ],
    },
    {
      ...state('digest'),
      timeoutSeconds: 300,
      policy: false,
      env: {
        [ENV.archiveBucket]: s.archive.bucket.bucketName,
        [ENV.digestKeyArn]: s.digestKeyArn,
      },
      grants: ['readCopyLog', 'writeDigests', 'signDigests'],
    },
  ];
}

/** Deployed only with a sign-in, because the console shows every record. */
function consoleFunctions(s: StackContext): Omit<FunctionRow, 'writes'>[] {
  if (s.signIn === null) return [];
  const { table, links, proofs, messages } = commonEnv(s);
  const site = {
    handler: 'handler',
    timeoutSeconds: 15,
    policy: true,
    env: { ...table, ...proofs, ...messages, [ENV.webBaseUrl]: s.webBaseUrl },
  };
  const notify = ['publishToTeam', 'readMessageSecrets'] as const;
  return [
    {
      ...site,
      name: 'halt',
      entry: 'halt/handler.ts',
      // A flood of requests to other functions must not keep anyone from halting.
      reservedConcurrency: 2,
      grants: ['readRecords', 'verifyVotes', 'verifyResumptions', ...notify],
    },
    {
      ...site,
      name: 'resume',
      entry: 'resume/handler.ts',
      reservedConcurrency: 1,
      grants: ['readRecords', 'verifyVotes', 'signResumptions', 'verifyResumptions', ...notify],
    },
    {
      name: 'api',
      entry: 'web/api/handler.ts',
      handler: 'handler',
      timeoutSeconds: 15,
      // Programs must not keep people from the console or from approvals.
      reservedConcurrency: 4,
      policy: true,
      env: { ...table, ...proofs },
      grants: ['readRecords', 'findOverdue', 'verifyVotes'],
    },
    {
      name: 'console',
      entry: 'web/console/handler.ts',
      handler: 'handler',
      timeoutSeconds: 15,
      // Leaves concurrency for approvals.
      reservedConcurrency: 5,
      policy: true,
      env: { ...table, ...links, ...proofs },
      grants: ['readRecords', 'findOverdue', 'verifyVotes', 'verifyResumptions', 'signLinks'],
    },
  ];
}
