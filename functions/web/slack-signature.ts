// Verifies that a request is Slack's and recent, before its body is parsed.
import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';

/** The app's signing secret: 32 hexadecimal digits. */
export const SigningSecret = z.string().check(z.regex(/^[0-9a-f]{32}$/));

/** A larger difference may mean a replayed request. */
const MAX_AGE_SECONDS = 5 * 60;

export type SlackHeaders = { timestamp: string | undefined; signature: string | undefined };

/** A cheap check before the secret is read. */
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
