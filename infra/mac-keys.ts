// The keys of links and of pages. Nobody can read them; who asks may only make links, who decides may only check them.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Names } from './names.ts';

/** What is taken out of the stack can be had back for so long; it is the most that KMS allows. */
const PENDING_DAYS = 30;

export class MacKeys extends Construct {
  /** Of links: what new ones are made with. */
  readonly link: Key;
  /** Of links that were made before the last rotation. */
  readonly previousLink: Key | null;
  /** Of what the pages give out themselves: who serves them makes and checks it, and cannot make a link with it. */
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
    // What it seals lasts half an hour: whoever has a page open has to open it again, and nothing else is lost.
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
