// KMS keys of links, of the proofs of decisions and undos, and of digests.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { accountName, type Names } from './names.ts';

/** A key that was removed from the stack can be restored for this long, the maximum that KMS allows. */
const PENDING_DAYS = 30;

/**
 * The functions that sign links, votes and digests. The key policy denies signing to everyone else, because IAM
 * policies of an account may grant KMS widely.
 */
export const SIGNERS = {
  links: ['approve', 'close', 'console', 'notify', 'remind'],
  votes: ['web'],
  digests: ['digest'],
} as const;

/** A key, and the one before it, which only verifies; null until the first rotation. */
export type Rotated = { current: Key; previous: Key | null };

/**
 * No one can read the keys. Who signs a decision can't carry it out, and who carries it out can't sign one:
 *
 * - links: functions that ask people sign, `web` verifies.
 * - votes: `web` signs votes, orders and its own forms; the gate, executors and reversers verify.
 * - rulings: the gate signs and verifies; `web` and executors verify.
 * - evidence: executors sign; the gate, `web`, executors and reversers verify.
 * - alerts: intake signs; the gate verifies.
 * - resumptions: `resume` and operators sign which halts a person ended; functions that read the kill switch verify.
 * - digests: `digest` signs; anyone with the public key verifies, without the account.
 * - pages: functions that send pages sign and verify how many each recipient got.
 */
export class MacKeys extends Construct {
  /** Signs new links. */
  readonly link: Key;
  /** Verifies links that were signed before the last rotation; null until the first one. */
  readonly previousLink: Key | null;
  readonly votes: Rotated;
  readonly rulings: Rotated;
  readonly evidence: Rotated;
  readonly alerts: Rotated;
  readonly resumptions: Rotated;
  /** A count under an earlier key limits nothing, so that its rotation needs no overlap. */
  readonly pages: Key;
  readonly digests: Key;

  constructor(
    scope: Construct,
    id: string,
    names: Names,
    { generation, proofGeneration }: { generation: number; proofGeneration: number },
  ) {
    super(scope, id);
    const nth = (name: string, n: number) => (n === 1 ? name : `${name}${n}`);
    const { prefix } = names;
    const linkKey = (n: number) =>
      this.macKey(
        nth('Key', n),
        `${prefix}links-${n}`,
        'MAC of the links that approve and review actions',
      );
    this.link = linkKey(generation);
    this.previousLink = generation > 1 ? linkKey(generation - 1) : null;
    const named = (name: string, description: string, n: number) =>
      this.macKey(nth(`${name}Key`, n), `${prefix}${name.toLowerCase()}-${n}`, description);
    const rotated = (name: string, description: string): Rotated => ({
      current: named(name, description, proofGeneration),
      previous: proofGeneration > 1 ? named(name, description, proofGeneration - 1) : null,
    });
    this.votes = rotated('Votes', 'MAC of votes and orders of people, and of the forms they use');
    this.rulings = rotated('Rulings', 'MAC of the decisions of the gate');
    this.evidence = rotated('Evidence', 'MAC of what executors captured, and of due times');
    this.alerts = rotated('Alerts', 'MAC of the alerts that intake accepted');
    this.resumptions = rotated('Resume', 'MAC of the resumptions after a halt');
    this.pages = named('Pages', 'MAC of the counts of pages', proofGeneration);

    this.digests = new Key(this, 'DigestsKey', {
      alias: `${prefix}digests-1`,
      description: 'Signs the digests of the archive',
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(PENDING_DAYS),
    });
    acknowledge(this.digests, 'AwsSolutions-KMS5', 'KMS cannot rotate asymmetric keys');

    onlySignedBy(this.digests, names, SIGNERS.digests, 'kms:Sign');
    onlySignedBy(this.link, names, SIGNERS.links);
    onlySignedBy(this.votes.current, names, SIGNERS.votes);
    for (const previous of [this.previousLink, this.votes.previous])
      if (previous) onlySignedBy(previous, names, []);
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
      'KMS cannot rotate HMAC keys by itself: linkKeyGeneration and proofKeyGeneration do',
    );
    return key;
  }
}

/** Denies signing with the key to everyone but the roles of these functions. */
function onlySignedBy(
  key: Key,
  names: Names,
  functions: readonly string[],
  action = 'kms:GenerateMac',
): void {
  const roles = functions.map((name) =>
    names.stack.formatArn({
      ...{ service: 'iam', region: '', resource: 'role' },
      resourceName: accountName(names, name),
    }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'SignedByNoOneElse',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: [action],
      resources: ['*'],
      ...(roles.length > 0 && { conditions: { ArnNotEquals: { 'aws:PrincipalArn': roles } } }),
    }),
  );
}
