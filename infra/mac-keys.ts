// KMS HMAC keys that sign approval links and the pages behind them.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Names } from './names.ts';

/** A key that was removed from the stack can be restored for this long, the maximum that KMS allows. */
const PENDING_DAYS = 30;

/** No one can read the keys. Functions that send links may only generate MACs; `web` may only verify them. */
export class MacKeys extends Construct {
  /** Signs new links. */
  readonly link: Key;
  /** Verifies links that were signed before the last rotation; null until the first one. */
  readonly previousLink: Key | null;
  /** Signs and verifies the forms and sign-ins of `web`. It can't sign a link. */
  readonly page: Key;

  constructor(scope: Construct, id: string, { prefix }: Names, generation: number) {
    super(scope, id);
    const nth = (name: string, n: number) => (n === 1 ? name : `${name}${n}`);
    const linkKey = (n: number) =>
      this.macKey(
        nth('Key', n),
        `${prefix}links-${n}`,
        'MAC of the links that approve and review actions',
      );
    this.link = linkKey(generation);
    this.previousLink = generation > 1 ? linkKey(generation - 1) : null;
    // Its MACs are valid for 30 minutes. After a rotation, people with an open page only have to open it again.
    this.page = this.macKey(
      nth('PageKey', generation),
      `${prefix}pages-${generation}`,
      'MAC of what the pages of decisions give out: forms and sign-ins',
    );
  }

  private macKey(id: string, alias: string, description: string): Key {
    const key = new Key(this, id, {
      alias,
      description,
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(PENDING_DAYS),
    });
    acknowledge(
      key,
      'AwsSolutions-KMS5',
      'KMS cannot rotate HMAC keys by itself: the setting linkKeyGeneration does',
    );
    return key;
  }
}
