// Each dependency rule is tested with a planted violation.
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import config from '../../.dependency-cruiser.mjs';

const root = resolve(import.meta.dirname, '../..');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, '.planted-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Files = Record<string, string>;
const leaf = 'export const x = 1;\n';
const leafType = 'export type X = string;\n';
const importingType = (path: string) => `import type { X } from '${path}';\nexport type Y = X;\n`;
const importing = (path: string) => `import { x } from '${path}';\nexport const y = x;\n`;

async function read(folders: string[], baseDir: string): Promise<ICruiseResult> {
  const { forbidden, options } = config;
  const { tsConfig: _tsConfig, ...rest } = options;
  const ruleSet = { forbidden };
  const { output } = await cruise(folders, {
    ...rest,
    baseDir,
    ruleSet,
    validate: true,
    // The planted folder links to node_modules. The rules name packages by their path below the base.
    preserveSymlinks: true,
  });
  if (typeof output === 'string') throw new Error('expected a result');
  return output;
}

/** Names of the rules that the planted files violate. */
async function brokenBy(files: Files): Promise<string[]> {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { summary } = await read(['.'], folder);
  expect(summary.totalCruised, 'modules that were read').toBeGreaterThan(0);
  return summary.violations.map(({ rule }) => rule.name);
}

const VIOLATIONS: readonly (readonly [rule: string, files: Files])[] = [
  [
    'domain-imports-zod-only',
    { 'functions/domain/a.ts': importing('../store/b.ts'), 'functions/store/b.ts': leaf },
  ],
  ['domain-imports-zod-only', { 'functions/domain/a.ts': "export { Hono as x } from 'hono';\n" }],
  [
    'steps-do-not-import-each-other',
    { 'functions/gate/a.ts': importing('../intake/b.ts'), 'functions/intake/b.ts': leaf },
  ],
  [
    'steps-do-not-import-each-other',
    { 'functions/gate/a.ts': importingType('../intake/b.ts'), 'functions/intake/b.ts': leafType },
  ],
  [
    'libraries-do-not-import-steps',
    { 'functions/store/a.ts': importing('../gate/b.ts'), 'functions/gate/b.ts': leaf },
  ],
  [
    'functions-know-nothing-outside',
    { 'functions/gate/a.ts': importing('../../infra/b.ts'), 'infra/b.ts': leaf },
  ],
  [
    'infra-imports-names-and-shapes-only',
    {
      'infra/a.ts': importing('../functions/gate/handler.ts'),
      'functions/gate/handler.ts': leaf,
    },
  ],
  ['nothing-imports-the-laptop', { 'infra/a.ts': importing('../local/b.ts'), 'local/b.ts': leaf }],
  ['nothing-imports-tests', { 'local/a.ts': importing('../test/b.ts'), 'test/b.ts': leaf }],
  [
    'sdk-clients-are-built-in-handlers',
    { 'functions/gate/gate.ts': "export { WAFV2 as x } from '@aws-sdk/client-wafv2';\n" },
  ],
  [
    'no-cycles',
    {
      'infra/a.ts': "import { y } from './b.ts';\nexport const x = y;\n",
      'infra/b.ts': importing('./a.ts'),
    },
  ],
  [
    'no-cycles',
    {
      'infra/a.ts': "import type { Y } from './b.ts';\nexport type X = Y;\n",
      'infra/b.ts': importingType('./a.ts'),
    },
  ],
  ['no-unresolved', { 'infra/a.ts': importing('./nowhere.ts') }],
];

describe('the dependency rules', () => {
  test.each(
    VIOLATIONS.map(([rule, files]) => ({
      rule,
      files,
      text: Object.values(files)[0]?.split(';')[0],
    })),
  )('$rule reports a violation: $text', async ({ rule, files }) => {
    expect(await brokenBy(files)).toContain(rule);
  });

  test('every dependency rule has a planted violation in this file', () => {
    expect(new Set(VIOLATIONS.map(([rule]) => rule))).toEqual(
      new Set(config.forbidden.map(({ name }) => name)),
    );
  });

  test('the dependency rules accept allowed imports', async () => {
    const files = {
      'functions/gate/a.ts': importing('../store/b.ts'),
      'functions/gate/b.ts':
        "import type { WAFV2 } from '@aws-sdk/client-wafv2';\nexport type X = WAFV2;\n",
      'functions/gate/handler.ts': "export { WAFV2 as x } from '@aws-sdk/client-wafv2';\n",
      'functions/sweep/a.ts': importing('../messaging/message.ts'),
      'functions/messaging/message.ts': leaf,
      'functions/store/b.ts': importing('../domain/c.ts'),
      'functions/domain/c.ts': "import * as z from 'zod/mini';\nexport const x = z.string();\n",
      'infra/a.ts': importing('../functions/domain/c.ts'),
      'local/a.ts': importing('../functions/gate/a.ts').replace('{ x }', '{ y as x }'),
      'test/a.ts': importing('../local/a.ts').replace('{ x }', '{ y as x }'),
    };
    expect(await brokenBy(files)).toEqual([]);
  });

  test('the dependency check reads every file of the project', async () => {
    const folders = ['cli', 'console', 'functions', 'infra', 'local', 'tools'];
    const { modules } = await read(folders, root);
    const files = globSync(`{${folders}}/**/*.ts`, { cwd: root });
    expect(files.length).toBeGreaterThan(100);
    expect(modules.map(({ source }) => source)).toEqual(expect.arrayContaining(files));
    // A missing parser would read files as empty, so their imports must have been found as well.
    const without = modules.filter(
      ({ source, dependencies }) =>
        files.includes(source) &&
        dependencies.length === 0 &&
        /^import .* from /m.test(readFileSync(join(root, source), 'utf8')),
    );
    expect(without.map(({ source }) => source)).toEqual([]);
  });
});
