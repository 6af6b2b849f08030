// Every Lambda function with its entry, environment and permissions.
import { ENV } from '../functions/domain/env.ts';
import { SCOPES } from '../functions/mechanisms/registry.ts';
import { writesOf } from '../functions/store/writers.ts';
import { commonEnv, worldEnv } from './function-env.ts';
import type { FunctionRow } from './function-row.ts';
import { mechanismFunctions } from './mechanism-functions.ts';
import { analyseEnv, modelEnv } from './model-access.ts';
import { siteFunctions } from './site-functions.ts';
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
  const { table, respond, reverse, messages, links, proofs } = commonEnv(s);
  /** Grants for sending over every channel that the account's policy configures. */
  const send = [
    'countPages',
    'sendMail',
    'publishToTeam',
    'sendSms',
    'readMessageSecrets',
  ] as const;
  const state = (name: string, timeoutSeconds: number) => ({
    ...{ name, entry: `${name}/handler.ts`, timeoutSeconds, policy: true },
  });
  /** It sends messages with links. */
  const asking = { ...table, ...messages, ...links };

  return [
    {
      ...state('intake', 60),
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
      ...state('enrich', 60),
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
      ...state('analyse', 120),
      policy: false,
      env: analyseEnv(s),
      grants: [],
      model: true,
    },
    {
      ...state('gate', 30),
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
      // Covers two escalation steps: the first is unreachable and every channel is rate-limited.
      ...state('approve', 60),
      env: asking,
      grants: ['readRecords', 'answerApprovals', 'signLinks', ...send],
    },
    ...siteFunctions(s),
    ...SCOPES.flatMap((scope) => mechanismFunctions(s, scope)),
    {
      ...state('notify', 60),
      env: asking,
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
      ...state('close', 30),
      env: asking,
      grants: ['readRecords', 'signLinks', ...send],
    },
    {
      ...state('remind', 30),
      env: asking,
      grants: ['readRecords', 'signLinks', ...send, 'sampleWebRequests'],
    },
    {
      ...state('sweep', 120),
      // Two concurrent sweeps would repeat each other's work.
      reservedConcurrency: 1,
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
      ...state('world', 110),
      // Two concurrent checks would notify twice.
      reservedConcurrency: 1,
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
      ...state('summarise', 60),
      policy: false,
      env: { ...table, [ENV.ticketFunctionName]: `${s.settings.prefix}ticket` },
      grants: ['readRecords', 'invokeTicket'],
    },
    {
      ...state('ticket', 110),
      env: { ...table, [ENV.webBaseUrl]: s.webBaseUrl },
      grants: ['readRecords', 'updateOpsItems', 'readTicketSecret'],
    },
    {
      ...state('bounce', 30),
      env: {
        ...table,
        ...messages,
        [ENV.approveFunctionName]: `${s.settings.prefix}approve`,
      },
      // It notifies the team and no person: no email, no texts, no links.
      grants: ['readRecords', 'invokeApprove', 'publishToTeam', 'readMessageSecrets'],
    },
    {
      ...state('archive', 60),
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
      ...state('digest', 300),
      policy: false,
      env: {
        [ENV.archiveBucket]: s.archive.bucket.bucketName,
        [ENV.digestKeyArn]: s.digestKeyArn,
      },
      grants: ['readCopyLog', 'writeDigests', 'signDigests'],
    },
  ];
}
