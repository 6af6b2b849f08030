// Builds the Lambda handler of one scope. entries/ holds one file per scope.
import type { Connect } from '../mechanisms/connect.ts';
import { mechanismDeps } from '../mechanisms/deps.ts';
import { execute } from './execute.ts';

export function createExecutor(scope: string, connect: Connect) {
  const deps = mechanismDeps(scope, connect, process.env);
  return (event: unknown) => execute(deps, event);
}
