// The MAC of links under a KMS key: the function that asks may generate, the one that decides may verify.
import type { KMS } from '@aws-sdk/client-kms';
import { aws } from '../audit/aws-errors.ts';
import { Unavailable } from '../domain/errors.ts';
import type { Mac } from './seal.ts';

const ALGORITHM = 'HMAC_SHA_256';

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/hmac.html */
export const createKmsMac = (
  client: Pick<KMS, 'generateMac' | 'verifyMac'>,
  keyId: string,
): Mac => ({
  async generate(message) {
    const { Mac: code } = await aws('signing a link', { keyId }, () =>
      client.generateMac({ KeyId: keyId, MacAlgorithm: ALGORITHM, Message: message }),
    );
    // A link without a MAC would look like one of ours until somebody needs it.
    if (!code) throw new Unavailable('KMS answered without a MAC', { keyId });
    return code;
  },
  async verify(message, mac) {
    try {
      const { MacValid } = await client.verifyMac({
        KeyId: keyId,
        MacAlgorithm: ALGORITHM,
        Message: message,
        Mac: mac,
      });
      return MacValid === true;
    } catch (error) {
      // KMS says so by throwing. Anything else is a fault of ours and not of the link.
      if (error instanceof Error && error.name === 'KMSInvalidMacException') return false;
      return aws('checking a link', { keyId }, () => Promise.reject(error));
    }
  },
});
