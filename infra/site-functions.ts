// The functions behind the HTTP API: decisions, console, stop button and API.
import { ENV } from '../functions/domain/env.ts';
import { commonEnv } from './function-env.ts';
import type { FunctionRow } from './function-row.ts';
import type { StackContext } from './stack-context.ts';

type Row = Omit<FunctionRow, 'writes'>;

export function siteFunctions(s: StackContext): Row[] {
  const { table, links, proofs, respond, schedules } = commonEnv(s);
  const site = { timeoutSeconds: 15, policy: true };
  return [
    {
      ...site,
      name: 'web',
      entry: 'web/handler.ts',
      // Public: a flood of requests must neither use up the account's concurrency nor keep an approver out.
      reservedConcurrency: 20,
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
    // The console shows every record.
    ...(s.signIn === null ? [] : consoleFunctions(s).map((row) => ({ ...site, ...row }))),
  ];
}

function consoleFunctions(s: StackContext): Omit<Row, 'timeoutSeconds' | 'policy'>[] {
  const { table, links, proofs, messages } = commonEnv(s);
  const switching = { ...table, ...proofs, ...messages, [ENV.webBaseUrl]: s.webBaseUrl };
  const notify = ['publishToTeam', 'readMessageSecrets'] as const;
  return [
    {
      name: 'halt',
      entry: 'halt/handler.ts',
      // A flood of requests to other functions must not keep anyone from halting.
      reservedConcurrency: 2,
      env: switching,
      grants: ['readRecords', 'verifyVotes', 'verifyResumptions', ...notify],
    },
    {
      name: 'resume',
      entry: 'resume/handler.ts',
      reservedConcurrency: 1,
      env: switching,
      grants: ['readRecords', 'verifyVotes', 'signResumptions', 'verifyResumptions', ...notify],
    },
    {
      name: 'api',
      entry: 'web/api/handler.ts',
      // Programs must not keep people from the console or from approvals.
      reservedConcurrency: 4,
      env: { ...table, ...proofs },
      grants: ['readRecords', 'findOverdue', 'verifyVotes'],
    },
    {
      name: 'console',
      entry: 'web/console/handler.ts',
      // Leaves concurrency for approvals.
      reservedConcurrency: 5,
      env: { ...table, ...links, ...proofs },
      grants: ['readRecords', 'findOverdue', 'verifyVotes', 'verifyResumptions', 'signLinks'],
    },
  ];
}
