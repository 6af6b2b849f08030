// MACs under a KMS key: of links, which the functions that ask make and the pages verify, and of what pages give out themselves.
import type { KMS } from '@aws-sdk/client-kms';
import { Unavailable } from '../domain/errors.ts';
import { aws } from '../platform/aws-errors.ts';
import type { Mac } from './signed-claims.ts';

const ALGORITHM = 'HMAC_SHA_256';

/**
 * Generates with the one key. Takes what either made: links that are open when the key is rotated stay good.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/hmac.html
 */
export const createKmsMac = (
  client: Pick<KMS, 'generateMac' | 'verifyMac'>,
  keyId: string,
  previousKeyId?: string,
): Mac => ({
  async generate(message) {
    const { Mac: code } = await aws('making a MAC', { keyId }, () =>
      client.generateMac({ KeyId: keyId, MacAlgorithm: ALGORITHM, Message: message }),
    );
    // What goes out without a MAC would look like ours until somebody needs it.
    if (!code) throw new Unavailable('KMS answered without a MAC', { keyId });
    return code;
  },
  async verify(message, mac) {
    const keys = previousKeyId ? [keyId, previousKeyId] : [keyId];
    // Both at once and to the end: how long it takes says nothing about which key it was, or whether it was one.
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
    // KMS says so by throwing. Anything else is a fault of ours and not of what was shown.
    if (error instanceof Error && error.name === 'KMSInvalidMacException') return false;
    return aws('checking a MAC', { keyId }, () => Promise.reject(error));
  }
}
