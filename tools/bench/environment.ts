// The environment in which the bench imports functions.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENV } from '../../functions/domain/env.ts';
import { LOCAL_FLOW_LOGS } from '../../functions/mechanisms/flow-log/stand-in.ts';
import { LOCAL_IP_SETS } from '../../functions/mechanisms/waf/stand-in.ts';
import { loadPolicy, POLICIES } from '../../functions/policy/load.ts';

/** Writes the example's policy to the folder, and returns variables with which every function starts. */
export function environment(folder: string): NodeJS.ProcessEnv {
  const policyPath = join(folder, 'policy.json');
  const signIn = {
    ...{ issuer: 'https://example.com', clientId: 'x', clientSecret: 'x' },
    ...{ claim: 'email', acrValues: [] },
  };
  writeFileSync(policyPath, JSON.stringify({ ...loadPolicy(POLICIES, 'example'), signIn }));
  const all = Object.fromEntries(
    Object.values(ENV).map((name) => [name, 'arn:aws:x:eu-central-1:111122223333:x']),
  );
  return {
    ...all,
    AWS_REGION: 'eu-central-1',
    [ENV.policyPath]: policyPath,
    [ENV.ipSets]: JSON.stringify(LOCAL_IP_SETS),
    [ENV.flowLogs]: JSON.stringify(LOCAL_FLOW_LOGS),
    [ENV.previousProofKeyArns]: JSON.stringify({
      ...{ votes: 'x', rulings: 'x', evidence: 'x', alerts: 'x', resumptions: 'x' },
    }),
    [ENV.modelSettings]: JSON.stringify({
      providers: [{ provider: 'anthropic', model: 'claude-sonnet-5-5' }],
      ...{ effort: 'high', retriesPerProvider: 2, secondsInAll: 100 },
    }),
    [ENV.webBaseUrl]: 'https://example.com',
  };
}
