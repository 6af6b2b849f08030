// The key of the approval links. Nobody can read it; who asks may only generate, who decides may only verify.
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Names } from './names.ts';

export class LinkKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, { prefix }: Names) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      alias: `${prefix}links`,
      description: 'MAC of the links that approve and review actions',
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
    });
    acknowledge(this.key, 'AwsSolutions-KMS5', 'KMS cannot rotate HMAC keys by itself');
  }
}
