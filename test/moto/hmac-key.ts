// Creates a MAC key on moto.
import type { KMS } from '@aws-sdk/client-kms';

/** The ARN of a new key. */
export async function createHmacKey(kms: Pick<KMS, 'createKey'>): Promise<string> {
  const { KeyMetadata } = await kms.createKey({
    KeySpec: 'HMAC_256',
    KeyUsage: 'GENERATE_VERIFY_MAC',
  });
  return KeyMetadata?.Arn ?? '';
}
