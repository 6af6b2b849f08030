// The log of copies in the archive, and the signed digests of it.
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';

const Sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/** A copy that was written: its key, and the SHA-256 of its bytes. */
export const Logged = z.strictObject({ key: z.string(), sha256: Sha256 });
export type Logged = z.infer<typeof Logged>;

/** One file of the log. A copy that was delivered twice is logged twice. */
export const CopyLog = z.strictObject({ copies: z.array(Logged) });

/**
 * Lists every copy that was logged from `from` until before `until`, and the file of the previous digest. `existing`:
 * in the first digest, the keys of the copies that no log lists, because an earlier version wrote them.
 */
export const Digest = z.strictObject({
  from: z.iso.datetime(),
  until: z.iso.datetime(),
  previous: z.nullable(Logged),
  copies: z.array(Logged),
  existing: z.optional(z.array(z.string())),
});
export type Digest = z.infer<typeof Digest>;

export const COPIES = 'records/';
export const LOG = 'log/';
export const DIGESTS = 'digests/';

/** SHA-256 in hex. */
export const sha256 = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Keys of the log sort by time. Two files of one millisecond differ in their content. */
export const logKey = (at: Date, body: string): string =>
  `${LOG}${at.toISOString()}-${sha256(body).slice(0, 16)}.json`;

/** The time in the key of a log file or a digest, in ISO 8601. */
export const timeIn = (key: string): string => key.slice(key.indexOf('/') + 1).slice(0, ISO_LENGTH);
const ISO_LENGTH = '2026-11-30T08:00:00.000Z'.length;

export const digestKey = (until: string): string => `${DIGESTS}${until}.txt`;

/** A digest, the line that was signed, and its signature; null if the file has another form. */
export function parseDigest(file: string) {
  const [line = '', signature = '', ...rest] = file.split('\n');
  if (rest.join() !== '') return null;
  try {
    const digest = Digest.parse(JSON.parse(line));
    return { digest, line: `${line}\n`, signature: Buffer.from(signature, 'base64') };
  } catch {
    return null;
  }
}
