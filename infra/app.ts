// The CDK app: one account's policy, one stack, and one at CloudFront where it is asked for. An invalid policy or setting stops it before anything is made.
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
    throw new SettingsError(`"${settings.account}" is the policy of a laptop; choose another one`);
  const name = `${settings.prefix}${settings.account}`;
  const stack = new CountermandStack(app, name, { settings, policy });
  // First the sets, then whoever changes them.
  if (settings.cloudFront)
    stack.addDependency(new EdgeStack(app, `${name}-edge`, { settings, policy }));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
} catch (error) {
  if (!(error instanceof PolicyError || error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
