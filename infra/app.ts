// The CDK app: one stack per account, plus an edge stack for CloudFront.
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadPolicy, POLICIES, PolicyError } from '../functions/policy/load.ts';
import { CountermandStack } from './countermand-stack.ts';
import { EdgeStack } from './edge-stack.ts';
import { readSettings, SettingsError } from './settings.ts';

try {
  const app = new App();
  const settings = readSettings(app.node);
  const policy = loadPolicy(POLICIES, settings.account);
  if (policy.stage === 'local')
    throw new SettingsError(
      `"${settings.account}" is for running locally and can't be deployed; choose another account`,
    );
  const name = `${settings.prefix}${settings.account}`;
  const stack = new CountermandStack(app, name, { settings, policy });
  // The IP sets must exist before the functions that change them.
  if (settings.cloudFront)
    stack.addDependency(new EdgeStack(app, `${name}-edge`, { settings, policy }));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
} catch (error) {
  if (!(error instanceof PolicyError || error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
