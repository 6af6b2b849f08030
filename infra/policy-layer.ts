// Lambda layer that holds the compiled policy, as checked at synth.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Policy } from '../functions/policy/policy.ts';

const FILE = 'policy.json';

export class PolicyLayer extends Construct {
  readonly layer: LayerVersion;
  /** Path in the function's file system: Lambda extracts layers under /opt. */
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
