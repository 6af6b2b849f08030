// MACs with a KMS HMAC key, for links and for the nonces of pages.
import type { KMS } from '@aws-sdk/client-kms';
import { Unavailable } from '../domain/errors.ts';
import { aws } from '../platform/aws-errors.ts';
import type { Mac } from './signed-claims.ts';

const ALGORITHM = 'HMAC_SHA_256';

/**
 * Generates with `keyId`. Verifies with either key, so that open links stay valid when the key is rotated.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/hmac.html
 */
export const createKmsMac = (
  client: Pick<KMS, 'generateMac' | 'verifyMac'>,
  keyId: string,
  previousKeyId?: string,
): Mac => ({
  async generate(message) {
    const { Mac: code } = await aws('generating a MAC', { keyId }, () =>
      client.generateMac({ KeyId: keyId, MacAlgorithm: ALGORITHM, Message: message }),
    );
    // A link without a MAC would look valid until a person opens it.
    if (!code) throw new Unavailable('KMS returned no MAC', { keyId });
    return code;
  },
  async verify(message, mac) {
    const keys = previousKeyId ? [keyId, previousKeyId] : [keyId];
    // Verify with both keys and wait for both: the timing must not reveal which key matched, or whether any did.
    const answers = await Promise.allSettled(keys.map((key) => isUnder(client, key, message, mac)));
    if (answers.some((answer) => answer.status === 'fulfilled' && answer.value)) return true;
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed) throw failed.reason;
    return false;
  },
});

async function isUnder(
  client: Pick<KMS, 'verifyMac'>,
  keyId: string,
  message: Uint8Array,
  mac: Uint8Array,
): Promise<boolean> {
  try {
    const { MacValid } = await client.verifyMac({
      KeyId: keyId,
      MacAlgorithm: ALGORITHM,
      Message: message,
      Mac: mac,
    });
    return MacValid === true;
  } catch (error) {
    // KMS reports an invalid MAC by this error. Any other error is our failure, not an invalid link.
    if (error instanceof Error && error.name === 'KMSInvalidMacException') return false;
    return aws('verifying a MAC', { keyId }, () => Promise.reject(error));
  }
}
