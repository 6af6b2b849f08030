// Generates a function's twin: an empty handler with the same SDK clients.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, ROOT } from './bundle.ts';

const SDK_IMPORT = /^import (\{[^}]*\}|\w+) from '(@(?:aws-sdk|smithy|anthropic-ai)\/[^']+)';$/gm;

/** The twin's source. It imports the same SDK names as the project's files in the bundle, and creates the clients. */
export function twinOf({ files }: Bundle): string {
  const wanted = new Map<string, Set<string>>();
  for (const path of files.keys()) {
    if (path.includes('node_modules') || !path.endsWith('.ts')) continue;
    for (const [, names = '', from = ''] of readFileSync(join(ROOT, path), 'utf8').matchAll(
      SDK_IMPORT,
    )) {
      const set = wanted.get(from) ?? new Set();
      for (const name of namesIn(names)) set.add(name);
      wanted.set(from, set);
    }
  }
  const imports = [...wanted].flatMap(([from, names]) =>
    [...names].map(
      (name) => `import ${name.startsWith('=') ? name.slice(1) : `{ ${name} }`} from '${from}';`,
    ),
  );
  const clients = [...wanted]
    .filter(([from]) => from.startsWith('@aws-sdk/client-'))
    .flatMap(([, names]) => [...names].map((name) => `new ${name}({})`));
  const others = [...wanted]
    .filter(([from]) => !from.startsWith('@aws-sdk/client-'))
    .flatMap(([, names]) => [...names].map((name) => name.replace(/^=/, '')));
  return [
    ...imports,
    `export const clients = [${[...clients, ...others].join(', ')}];`,
    'export const handler = () => {};',
    '',
  ].join('\n');
}

/** The value imports: A and C of `{ A, type B, C }`. A default import is marked with `=`. */
const namesIn = (clause: string): string[] =>
  clause.startsWith('{')
    ? clause
        .slice(1, -1)
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name && !name.startsWith('type '))
    : [`=${clause}`];
