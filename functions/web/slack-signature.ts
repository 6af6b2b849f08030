// Whether a request is Slack's, and of now: decided on its bytes, before anything in it is read.
import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

/** The app's signing secret: 32 hexadecimal digits. */
export const SigningSecret = z.string().regex(/^[0-9a-f]{32}$/);

/** Older, or from further ahead, it may have been recorded and sent again. */
const MAX_AGE_SECONDS = 5 * 60;

export type SlackHeaders = { timestamp: string | undefined; signature: string | undefined };

/** Cheap, and without the secret: what fails here is not worth a look at it. */
export const couldBeSlack = ({ timestamp, signature }: SlackHeaders, now: Date): boolean =>
  /^\d{1,12}$/.test(timestamp ?? '') &&
  /^v0=[0-9a-f]{64}$/.test(signature ?? '') &&
  Math.abs(now.getTime() / 1000 - Number(timestamp)) <= MAX_AGE_SECONDS;

/** HMAC-SHA-256 over version, time stamp and body. @see https://docs.slack.dev/authentication/verifying-requests-from-slack */
export function isSigned(
  { timestamp = '', signature = '' }: SlackHeaders,
  body: Uint8Array,
  signingSecret: string,
): boolean {
  const code = createHmac('sha256', signingSecret).update(`v0:${timestamp}:`).update(body).digest();
  const given = Buffer.from(signature.slice('v0='.length), 'hex');
  return given.length === code.length && timingSafeEqual(given, code);
}
