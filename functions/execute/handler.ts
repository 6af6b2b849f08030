// Builds the Lambda handler of one scope. entries/ holds one file per scope.
import type { Connect } from '../mechanisms/connect.ts';
import { mechanismDeps } from '../mechanisms/deps.ts';
import { execute } from './execute.ts';
import { PutBackInput, putBack } from './put-back.ts';

export function createExecutor(scope: string, connect: Connect) {
  const deps = mechanismDeps(scope, connect, process.env);
  return (event: unknown) =>
    PutBackInput.safeParse(event).success ? putBack(deps, event) : execute(deps, event);
}
