// The CDK app: one stack per account, plus an edge stack for CloudFront.
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadPolicy, POLICIES, PolicyError } from '../functions/policy/load.ts';
import type { Policy } from '../functions/policy/policy.ts';
import { CountermandStack } from './countermand-stack.ts';
import { EdgeStack } from './edge-stack.ts';
import { requireProviders } from './model-access.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';

/** The CDK takes the region from the credentials. */
type Deployed = { settings: Settings; policy: Policy; region: string | undefined };

try {
  const app = new App();
  const settings = readSettings(app.node);
  const policy = loadPolicy(POLICIES, settings.account);
  if (policy.stage === 'local')
    throw new SettingsError(
      `"${settings.account}" is for running locally and can't be deployed; choose another account`,
    );
  requireProviders(settings, policy.analysis);
  const name = `${settings.prefix}${settings.account}`;
  const props = { settings, policy, region: process.env.CDK_DEFAULT_REGION };
  const stack = new CountermandStack(app, name, props);
  // The IP sets must exist before the functions that change them.
  if (settings.cloudFront) stack.addDependency(edgeStackOf(app, name, props));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
} catch (error) {
  if (!(error instanceof PolicyError || error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** The region is part of the name, because the edge stacks of all regions are in us-east-1. */
function edgeStackOf(app: App, name: string, props: Deployed): EdgeStack {
  const { settings, region } = props;
  const { namesWithoutRegion } = settings;
  if (namesWithoutRegion === undefined || namesWithoutRegion === region)
    return new EdgeStack(app, `${name}-edge`, props);
  if (!region) throw new SettingsError('cloudFront needs a region: choose one with AWS_REGION');
  return new EdgeStack(app, `${name}-${region}-edge`, props);
}
