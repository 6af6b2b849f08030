// The keys of links and of pages. Nobody can read them; who asks may only make links, who decides may only check them.
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Names } from './names.ts';

export class MacKeys extends Construct {
  /** Of links. */
  readonly link: Key;
  /** Of what the pages give out themselves: who serves them makes and checks it, and cannot make a link with it. */
  readonly page: Key;

  constructor(scope: Construct, id: string, { prefix }: Names) {
    super(scope, id);
    this.link = this.macKey(
      'Key',
      `${prefix}links`,
      'MAC of the links that approve and review actions',
    );
    this.page = this.macKey(
      'PageKey',
      `${prefix}pages`,
      'MAC of the forms on the pages of decisions',
    );
  }

  private macKey(id: string, alias: string, description: string): Key {
    const key = new Key(this, id, {
      alias,
      description,
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
    });
    acknowledge(key, 'AwsSolutions-KMS5', 'KMS cannot rotate HMAC keys by itself');
    return key;
  }
}
