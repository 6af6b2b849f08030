// What the tests need besides npm's packages, and which test files that concerns.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findBrowser } from './browser.ts';
import { hasPython, SYSTEM_PYTHON } from './python.ts';

const ROOT = resolve(import.meta.dirname, '..');

export type Requirement = {
  name: string;
  /** How to get it. */
  install: string;
  /** Whoever imports one of these files needs it. */
  modules: readonly string[];
  isMet: (env: NodeJS.ProcessEnv) => boolean;
};

const REQUIREMENTS: readonly Requirement[] = [
  {
    name: 'Python 3.11 or newer with venv',
    install: `sudo apt-get install python3 python3-venv (Debian), brew install python (Mac), winget install Python.Python.3.12 (Windows); found as "${SYSTEM_PYTHON}" on PATH`,
    modules: ['test/moto/moto-server.ts', 'test/moto/shell.ts'],
    isMet: hasPython,
  },
  {
    name: 'Chrome or Chromium',
    install:
      'npm ci (Linux x64), sudo apt-get install chromium (other Debian), https://www.google.com/chrome (elsewhere); or name one with COUNTERMAND_BROWSER',
    modules: ['test/browser/launch.ts'],
    isMet: (env) =>
      findBrowser({ env, platform: process.platform, arch: process.arch }) !== undefined,
  },
];

/** What this machine lacks. Takes about 0.1 s. */
export const missingHere = (env: NodeJS.ProcessEnv = process.env): Requirement[] =>
  REQUIREMENTS.filter(({ isMet }) => !isMet(env));

export const sayMissing = ({ name, install }: Requirement): string =>
  `Missing: ${name}. Install it: ${install}.`;

/** Test files that import one of the requirement's modules, directly or not; paths from the project's root. */
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

/** The project's own modules that a file imports for their values. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = text.matchAll(
    /^(?:import (?!type )|\} from |export .* from )[^;]*?'(\.[^']+\.ts)';/gm,
  );
  return [...found].map(([, target = '']) => join(dirname(file), target).replaceAll('\\', '/'));
}
