// Verifies the signed digests of the archive, and compares copies with them.

import { type KeyObject, verify } from 'node:crypto';
import { jsonOf } from '../functions/domain/json.ts';
import {
  CopyLog,
  DIGESTS,
  digestKey,
  LOG,
  parseDigest,
  sha256,
  timeIn,
} from '../functions/store/copy-log.ts';
import type { Copies } from '../local/archive-copies.ts';

/** The faults of a record, a digest or a log file, which its folder or key names. */
export type Fault = { record: string; faults: string[] };

/** When a digest must exist: every hour in an account; on a laptop, after each change when npm start stops. */
export type Due = { every: 'hour' | 'change'; now: Date };

export type Listed = {
  /** The faults of the digests themselves. */
  found: Fault[];
  /** The fault of a copy, or null. `at`: when the record changed, as the copy says. */
  faultOf(copy: { key: string; text: string; at: string }): string | null;
  /**
   * The copies without a fault and without a hash: they are older than the first digest. `named`: how many of them it
   * names. `unproven`: their keys if an earlier version wrote it and it names none. Any of them may have been planted.
   */
  earlier(): { named: number; unproven: string[] };
  /** The listed copies that are not among these keys, with the digest or log file that lists each. */
  missing(keys: readonly string[]): { key: string; listedIn: string }[];
  /** The newest digest: an auditor who keeps its hash elsewhere notices a digest that was removed later. */
  newest: { key: string; sha256: string; until: string } | null;
  digests: number;
};

/** The hash of a copy, if it was logged, and the digest or later log file that lists it first. */
type Entry = { hash: string | null; listedIn: string };

/** Reads every digest and the log files after the newest one. */
export async function readDigests(
  copies: Copies,
  publicKey: KeyObject | null,
  due: Due,
): Promise<Listed> {
  const entries = new Map<string, Entry>();
  // A copy is written once, so the first list counts. A later one with another hash would hide a changed copy.
  const list = (listedIn: string, lines: readonly { key: string; sha256: string | null }[]) => {
    for (const { key, sha256: hash } of lines)
      if (!entries.get(key)?.hash) entries.set(key, { hash, listedIn });
  };
  const found: Fault[] = [];
  let newest: Listed['newest'] = null;
  let from: string | null = null;
  let areNamed = false;
  const keys = await copies.keys(DIGESTS);
  for (const key of keys) {
    const text = await copies.text(key);
    const { digest, faults } = verified(key, text, publicKey, newest);
    if (faults.length > 0) found.push({ record: key, faults });
    if (digest) list(key, digest.copies);
    from ??= digest?.from ?? null;
    if (digest?.existing) {
      areNamed = true;
      list(
        key,
        digest.existing.map((one) => ({ key: one, sha256: null })),
      );
    }
    newest = { key, sha256: sha256(text), until: timeIn(key) };
  }
  const until = newest?.until ?? '';
  const logs = (await copies.keys(LOG)).filter((key) => timeIn(key) >= until);
  for (const key of logs) {
    const lines = CopyLog.safeParse(jsonOf(await copies.text(key)));
    if (lines.success) list(key, lines.data.copies);
    else found.push({ record: key, faults: ['the log file cannot be read'] });
  }
  const late = overdue(due, until, logs);
  if (late) found.push({ record: newest?.key ?? DIGESTS, faults: [late] });
  const folders = firstInFolders(entries.keys());
  const earlier = { named: 0, unproven: [] as string[] };
  return {
    found,
    newest,
    digests: keys.length,
    earlier: () => earlier,
    faultOf({ key, text, at }) {
      const entry = entries.get(key);
      if (entry?.hash)
        return entry.hash === sha256(text) ? null : `its copy was changed after ${entry.listedIn}`;
      if (entry) {
        earlier.named += 1;
        return null;
      }
      // A copy from before the first digest: of an earlier version, and older than all that are listed.
      const first = folders.get(folderIn(key));
      const isEarlier = (from === null || at < from) && (first === undefined || key < first);
      if (areNamed || !isEarlier) return 'its copy is in no digest';
      earlier.unproven.push(key);
      return null;
    },
    missing(present) {
      const here = new Set(present);
      return [...entries].flatMap(([key, { listedIn }]) =>
        here.has(key) ? [] : { key, listedIn },
      );
    },
  };
}

function firstInFolders(keys: Iterable<string>): Map<string, string> {
  const folders = new Map<string, string>();
  for (const key of keys) {
    const first = folders.get(folderIn(key));
    if (first === undefined || key < first) folders.set(folderIn(key), key);
  }
  return folders;
}

const INVALID = 'the signature of the digest is not valid';
const NO_KEY = 'there is no public key with which to verify the digest';

function verified(
  key: string,
  text: string,
  publicKey: KeyObject | null,
  last: { key: string; sha256: string; until: string } | null,
) {
  const parsed = parseDigest(text);
  if (!parsed) return { digest: null, faults: ['the digest cannot be read'] };
  const { digest, line, signature } = parsed;
  const isSigned = publicKey !== null && verify('sha256', Buffer.from(line), publicKey, signature);
  const { previous } = digest;
  const follows =
    last === null
      ? previous === null
      : previous?.key === last.key && previous.sha256 === last.sha256 && digest.from === last.until;
  const expected = previous ? previous.key : 'no other digest';
  return {
    digest,
    faults: [
      ...(isSigned ? [] : [publicKey ? INVALID : NO_KEY]),
      ...(digestKey(digest.until) === key ? [] : [`the digest belongs to ${digest.until}`]),
      ...(follows
        ? []
        : [
            `the digest names ${expected} as the one before it, but that is ${last?.key ?? 'no other digest'}`,
          ]),
    ],
  };
}

/** An hour is signed five to ten minutes after its end; the rest is for retries. */
const HOUR_MS = 130 * 60_000;

/** The fault when a digest is missing, or null. */
function overdue({ every, now }: Due, until: string, logs: readonly string[]): string | null {
  const [first] = logs;
  const since = (every === 'hour' && until) || (first && timeIn(first));
  if (!since || (every === 'hour' && now.getTime() - Date.parse(since) <= HOUR_MS)) return null;
  return `no digest covers what happened since ${since}`;
}

/** The folder of a record's copies. */
export const folderIn = (key: string): string => key.slice(0, key.lastIndexOf('/'));
