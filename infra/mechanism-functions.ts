// The executor and the reverser of each scope, as rows of the function table.
import { DEPLOYMENT } from '../functions/mechanisms/deployment.ts';
import type { Scope } from '../functions/mechanisms/registry.ts';
import { commonEnv } from './function-env.ts';
import type { FunctionRow } from './function-row.ts';
import { deployedStack } from './mechanism-permissions.ts';
import type { StackContext } from './stack-context.ts';

/**
 * Of each reverser. Policy starts at most 10 automatic actions a minute, so at most as many undos are due in a minute.
 * An undo takes a few seconds, and two at a time make at least 20 a minute, also when other functions use up the
 * account's concurrency.
 */
const REVERSALS_AT_ONCE = 2;

/** The executor and the reverser of a scope. Only the executor may create schedules. */
export function mechanismFunctions(s: StackContext, scope: Scope): Omit<FunctionRow, 'writes'>[] {
  const { table, proofs, schedules } = commonEnv(s);
  const row = {
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
      reservedConcurrency: REVERSALS_AT_ONCE,
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
