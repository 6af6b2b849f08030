// The providers of the model to which a deployment gives access.
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ENV } from '../functions/domain/env.ts';
import { profilesOf, withoutProfile } from '../functions/policy/models.ts';
import type { Analysis, ModelSettings } from '../functions/policy/schemas/analysis.ts';
import { type Settings, SettingsError } from './settings.ts';
import type { StackContext } from './stack-context.ts';

type Given = Pick<Settings, 'anthropicSecretArn' | 'bedrock'>;

/** The part of policy that `analyse` gets; null if the playbook judges alone. */
function settingsOf({ settings, analysis }: Pick<StackContext, 'settings' | 'analysis'>) {
  const { effort, retriesPerProvider, secondsInAll } = analysis;
  const providers = analysis.providers.filter(({ provider }) => hasAccess(settings, provider));
  const asked: ModelSettings = { providers, effort, retriesPerProvider, secondsInAll };
  return providers.length > 0 ? asked : null;
}

const hasAccess = ({ anthropicSecretArn, bedrock }: Given, provider: 'anthropic' | 'bedrock') =>
  provider === 'anthropic' ? anthropicSecretArn !== undefined : bedrock === true;

/** Throws SettingsError for access to a provider that policy doesn't ask: the model would be missing without a word. */
export function requireProviders(settings: Given, { providers }: Analysis): void {
  const missing = (['anthropic', 'bedrock'] as const).filter(
    (one) => hasAccess(settings, one) && !providers.some(({ provider }) => provider === one),
  );
  if (missing.length > 0)
    throw new SettingsError(
      `the settings give access to ${missing.join(' and ')}, but policies/analysis.yaml lists no such provider`,
    );
}

export function modelEnv(s: StackContext): Record<string, string> {
  const asked = settingsOf(s);
  return asked ? { [ENV.modelSettings]: JSON.stringify(asked) } : {};
}

/** For the function that asks the model, which alone needs the key of Anthropic. */
export function analyseEnv(s: StackContext): Record<string, string> {
  const { anthropicSecretArn } = s.settings;
  return {
    ...modelEnv(s),
    ...(anthropicSecretArn && { [ENV.anthropicSecretArn]: anthropicSecretArn }),
  };
}

/** Access to the secret with the API key, and to exactly the models of Bedrock in policy. */
export function modelStatements(s: StackContext): PolicyStatement[] {
  const { anthropicSecretArn } = s.settings;
  // Every setting that gives access has a provider in policy: see requireProviders.
  const secret = anthropicSecretArn
    ? [allow('secretsmanager:GetSecretValue', [anthropicSecretArn])]
    : [];
  const resources = bedrockModels(s).flatMap((model) => [
    ...profilesOf(model).map((resourceName) =>
      s.stack.formatArn({ service: 'bedrock', resource: 'inference-profile', resourceName }),
    ),
    // A profile needs permission on the model in every region that it routes to.
    // https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
    ...['', '*'].map((region) =>
      s.stack.formatArn({
        ...{ service: 'bedrock', resource: 'foundation-model', account: '', region },
        resourceName: withoutProfile(model),
      }),
    ),
  ]);
  return [...secret, ...(resources.length > 0 ? [allow('bedrock:InvokeModel', resources)] : [])];
}

/** The models and profiles of Bedrock that are asked, as policy names them. */
export const bedrockModels = (s: Pick<StackContext, 'settings' | 'analysis'>): string[] =>
  (settingsOf(s)?.providers ?? []).flatMap(({ provider, model }) =>
    provider === 'bedrock' ? model : [],
  );

const allow = (action: string, resources: string[]) =>
  new PolicyStatement({ actions: [action], resources });
