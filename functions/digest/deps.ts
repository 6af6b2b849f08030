// Dependencies of `digest`, and how they are built in AWS.
import { createHash } from 'node:crypto';
import { KMS } from '@aws-sdk/client-kms';
import { S3 } from '@aws-sdk/client-s3';
import { type Env, readEnv } from '../domain/env.ts';
import { Unavailable } from '../domain/errors.ts';
import { aws } from '../platform/aws-errors.ts';
import { readerOf, type WriteOnce, writeOnceIn } from '../platform/bucket.ts';

export type DigestDeps = {
  /** The keys below a prefix, sorted. */
  keys: (prefix: string) => Promise<string[]>;
  text: (key: string) => Promise<string>;
  put: WriteOnce;
  /** The signature of a message: ECDSA on P-256 over its SHA-256, in DER. */
  sign: (message: Uint8Array) => Promise<Uint8Array>;
};

/** Throws InvalidInput when a variable is missing. */
export function digestDeps(env: Env): DigestDeps {
  const own = readEnv(env, 'archiveBucket', 'digestKeyArn');
  const s3 = new S3({});
  return {
    ...readerOf(s3, own.archiveBucket),
    put: writeOnceIn(s3, own.archiveBucket),
    sign: signerIn(new KMS({}), own.digestKeyArn),
  };
}

/**
 * Sends the hash, because KMS signs at most 4,096 bytes of a message itself.
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
 */
const signerIn =
  (kms: Pick<KMS, 'sign'>, KeyId: string): DigestDeps['sign'] =>
  async (message) => {
    const Message = createHash('sha256').update(message).digest();
    const input = { KeyId, Message, MessageType: 'DIGEST' } as const;
    const { Signature } = await aws('signing a digest', { KeyId }, () =>
      kms.sign({ ...input, SigningAlgorithm: 'ECDSA_SHA_256' }),
    );
    if (!Signature) throw new Unavailable('KMS returned no signature', { KeyId });
    return Signature;
  };
