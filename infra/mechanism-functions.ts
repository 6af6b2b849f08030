// The executor and the reverser of each scope, as rows of the function table.
import { DEPLOYMENT } from '../functions/mechanisms/deployment.ts';
import type { Scope } from '../functions/mechanisms/registry.ts';
import { commonEnv } from './function-env.ts';
import type { FunctionRow } from './function-row.ts';
import { deployedStack } from './iam-statements.ts';
import type { StackContext } from './stack-context.ts';

/** The executor and the reverser of a scope. Only the executor may create schedules. */
export function mechanismFunctions(s: StackContext, scope: Scope): Omit<FunctionRow, 'writes'>[] {
  const { table, proofs, schedules } = commonEnv(s);
  const row = {
    handler: 'handler',
    timeoutSeconds: 120,
    policy: true,
    env: {
      ...table,
      ...proofs,
      ...schedules,
      ...DEPLOYMENT[scope].environment?.(deployedStack(s)),
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
        'verifyResumptions',
      ],
    },
    {
      ...row,
      name: `reverse-${scope}`,
      entry: `reverse/entries/${scope}.ts`,
      mechanism: { scope, step: 'reverse' },
      grants: [
        'readRecords',
        'deleteSchedules',
        'verifyVotes',
        'verifyEvidence',
        'verifyResumptions',
      ],
    },
  ];
}
