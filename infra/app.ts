// The CDK app: one account's policy, one stack. An invalid policy or setting stops it before anything is made.
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadPolicy, POLICIES, PolicyError } from '../policies/load.ts';
import { CountermandStack } from './countermand-stack.ts';
import { readSettings, SettingsError } from './settings.ts';

try {
  const app = new App();
  const settings = readSettings(app.node);
  const policy = loadPolicy(POLICIES, settings.account);
  if (policy.stage === 'local')
    throw new SettingsError(`"${settings.account}" is the policy of a laptop; choose another one`);
  new CountermandStack(app, `${settings.prefix}${settings.account}`, { settings, policy });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
} catch (error) {
  if (!(error instanceof PolicyError || error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
