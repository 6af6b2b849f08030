// The executor and the reverser of each scope, on stand-ins.
import type { ExecuteDeps } from '../functions/execute/deps.ts';
import { execute } from '../functions/execute/execute.ts';
import { PutBackInput, putBack } from '../functions/execute/put-back.ts';
import type { Connected } from '../functions/mechanisms/mechanism.ts';
import type { ReverseDeps } from '../functions/reverse/deps.ts';
import { reverse } from '../functions/reverse/reverse.ts';
import type { Functions } from './engine/tasks.ts';

type Deps = Omit<ExecuteDeps & ReverseDeps, 'mechanisms'>;

/** As each scope's entries in functions/execute and functions/reverse do in AWS. */
export const scopeFunctions = (
  scopes: Readonly<Record<string, readonly Connected[]>>,
  depsOf: (name: string) => Deps,
): Functions =>
  Object.fromEntries(
    Object.entries(scopes).flatMap(([scope, all]) => {
      const mechanisms = new Map(all.map((one) => [one.info.id, one]));
      const deps = (step: string) => ({ ...depsOf(`${step}-${scope}`), mechanisms });
      return [
        [
          `execute-${scope}`,
          (payload: unknown) =>
            (PutBackInput.safeParse(payload).success ? putBack : execute)(deps('execute'), payload),
        ],
        [`reverse-${scope}`, (payload: unknown) => reverse(deps('reverse'), payload)],
      ];
    }),
  );
