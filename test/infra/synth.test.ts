// Synthesis of the CDK app: settings that stop it, and its output.
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { POLICY, PREFIX, ROOT, stackWith } from '../../tools/generate/template.ts';

describe('synth', () => {
  test('cdk-nag reports nothing that was not acknowledged with a reason', () => {
    const { app } = stackWith();
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  }, 120_000);

  const app = (context: Record<string, unknown>) =>
    promisify(execFile)(process.execPath, [join(ROOT, 'infra', 'app.ts')], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        CDK_CONTEXT_JSON: JSON.stringify({
          account: 'example',
          prefix: PREFIX,
          mailFrom: 'a@example.com',
          ...context,
        }),
      },
    });

  test('stops at a policy that cannot be read, and names the file and line', async () => {
    await expect(app({ account: 'nowhere' })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('policies/accounts/nowhere.yaml:1'),
    });
  });

  test('stops at the policy of a laptop', async () => {
    await expect(app({ account: 'local' })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("can't be deployed"),
    });
  });

  test('stops at a setting that has moved to policy', async () => {
    await expect(app({ account: 'example', modelProvider: 'bedrock' })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('policies/analysis.yaml'),
    });
  });

  test('stops at an invalid setting, and names it', async () => {
    await expect(app({ prefix: 'Capital' })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('at prefix'),
    });
  });

  test('packages exactly the policy that was loaded into the layer', () => {
    const { directory } = stackWith().app.synth();
    const [layer] = globSync(join(directory, 'asset.*', 'policy.json'));
    expect(JSON.parse(readFileSync(layer!, 'utf8'))).toEqual(POLICY);
  });
});
