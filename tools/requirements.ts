// Finds missing programs, and the test files that need them.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findBrowser } from './browser.ts';
import { hasPython, SYSTEM_PYTHON } from './python.ts';

const ROOT = resolve(import.meta.dirname, '..');

export type Requirement = {
  name: string;
  /** The commands that install it. */
  install: string;
  /** A test file that imports one of these files needs the program. */
  modules: readonly string[];
  isMet: (env: NodeJS.ProcessEnv) => boolean;
};

const REQUIREMENTS: readonly Requirement[] = [
  {
    name: 'Python 3.11 or newer with venv',
    install: `sudo apt-get install python3 python3-venv (Debian), brew install python (Mac), winget install Python.Python.3.12 (Windows). It must be "${SYSTEM_PYTHON}" on PATH`,
    modules: ['test/moto/moto-server.ts', 'test/moto/shell.ts'],
    isMet: hasPython,
  },
  {
    name: 'Chrome or Chromium',
    install:
      'npm ci (Linux x64), sudo apt-get install chromium (other Debian), https://www.google.com/chrome (elsewhere). COUNTERMAND_BROWSER can name another one',
    modules: ['test/browser/launch.ts'],
    isMet: (env) =>
      findBrowser({ env, platform: process.platform, arch: process.arch }) !== undefined,
  },
];

/** The requirements that this machine lacks. Takes about 0.1 s. */
export const missingHere = (env: NodeJS.ProcessEnv = process.env): Requirement[] =>
  REQUIREMENTS.filter(({ isMet }) => !isMet(env));

export const sayMissing = ({ name, install }: Requirement): string =>
  `Missing: ${name}. Install it: ${install}.`;

/** Test files that import one of the requirement's modules, directly or indirectly. Paths start at the root. */
export function testFilesThatNeed({ modules }: Pick<Requirement, 'modules'>): string[] {
  const imports = new Map<string, string[]>();
  const reaches = (file: string, seen: Set<string>): boolean => {
    if (modules.includes(file)) return true;
    if (seen.has(file)) return false;
    seen.add(file);
    const targets = imports.get(file) ?? importsOf(file);
    imports.set(file, targets);
    return targets.some((target) => reaches(target, seen));
  };
  return globSync('{functions,test}/**/*.test.ts', { cwd: ROOT })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => reaches(file, new Set()))
    .sort();
}

/** The project's modules that a file imports, type imports excluded. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = text.matchAll(
    /^(?:import (?!type )|\} from |export .* from )[^;]*?'(\.[^']+\.ts)';/gm,
  );
  return [...found].map(([, target = '']) => join(dirname(file), target).replaceAll('\\', '/'));
}
