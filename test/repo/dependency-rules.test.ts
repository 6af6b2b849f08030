// The dependency rules are checked by planting violations: a rule that finds nothing would pass for ever.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import config from '../../.dependency-cruiser.mjs';

const root = resolve(import.meta.dirname, '../..');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, '.planted-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const plant = (files: Record<string, string>) => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
};
/** Names of the rules that the planted files break. */
async function broken(): Promise<string[]> {
  const { forbidden, options } = config;
  const { tsConfig: _tsConfig, ...rest } = options;
  const { output } = await cruise(['.'], {
    ...rest,
    baseDir: folder,
    ruleSet: { forbidden },
    validate: true,
  });
  if (typeof output === 'string') throw new Error('expected a result');
  expect(output.summary.totalCruised, 'modules that were read').toBeGreaterThan(0);
  return output.summary.violations.map(({ rule }) => rule.name);
}
const leaf = 'export const x = 1;\n';
const importing = (path: string) => `import { x } from '${path}';\nexport const y = x;\n`;

describe('the dependency rules', () => {
  test('find a domain file that imports more than zod', async () => {
    plant({ 'functions/domain/a.ts': importing('../store/b.ts'), 'functions/store/b.ts': leaf });
    expect(await broken()).toContain('domain-imports-zod-only');
  });

  test('find a function that imports another one', async () => {
    plant({ 'functions/gate/a.ts': importing('../intake/b.ts'), 'functions/intake/b.ts': leaf });
    expect(await broken()).toContain('functions-do-not-import-each-other');
  });

  test('find a function that imports from the laptop’s part', async () => {
    plant({ 'functions/gate/a.ts': importing('../../local/b.ts'), 'local/b.ts': leaf });
    expect(await broken()).toEqual(
      expect.arrayContaining(['functions-know-nothing-outside', 'nothing-imports-local']),
    );
  });

  test('find infrastructure that imports a handler', async () => {
    plant({
      'infra/a.ts': importing('../functions/gate/handler.ts'),
      'functions/gate/handler.ts': leaf,
    });
    expect(await broken()).toContain('infra-imports-names-and-shapes-only');
  });

  test('find a cycle', async () => {
    plant({
      'policies/a.ts': importing('./b.ts').replace('y = x', 'x = x'),
      'policies/b.ts': importing('./a.ts').replace('y = x', 'x = x'),
    });
    expect(await broken()).toContain('no-cycles');
  });

  test('let pass what is allowed', async () => {
    plant({
      'functions/gate/a.ts': importing('../store/b.ts'),
      'functions/store/b.ts': importing('../domain/c.ts'),
      'functions/domain/c.ts': leaf,
    });
    expect(await broken()).toEqual([]);
  });
});
