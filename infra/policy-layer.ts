// The compiled policy as a layer: functions carry exactly the policy that synth checked, and nobody edits it in place.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Policy } from '../functions/policy/policy.ts';

const FILE = 'policy.json';

export class PolicyLayer extends Construct {
  readonly layer: LayerVersion;
  /** Where functions find it: layers are unpacked under /opt. */
  readonly path = `/opt/${FILE}`;

  constructor(scope: Construct, id: string, policy: Policy) {
    super(scope, id);
    const directory = mkdtempSync(join(tmpdir(), 'countermand-policy-'));
    writeFileSync(join(directory, FILE), `${JSON.stringify(policy, null, 2)}\n`);
    this.layer = new LayerVersion(this, 'Layer', {
      code: Code.fromAsset(directory),
      description: `Policy ${policy.version} of account ${policy.account}, ${policy.mode}`,
    });
  }
}
