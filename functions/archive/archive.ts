// The archive step: copies each record change and reports illegal ones.

import * as z from 'zod/mini';
import { isAlertProven } from '../authority/alerts.ts';
import { unprovenIn } from '../authority/unproven.ts';
import { Action } from '../domain/action.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import { Alert } from '../domain/alert.ts';
import { InvalidInput } from '../domain/errors.ts';
import { isArchived } from '../store/archived.ts';
import { COPIES, type CopyLog, type Logged, logKey, sha256 } from '../store/copy-log.ts';
import { digestOf } from '../store/hash-chain.ts';
import { locate } from '../store/layout.ts';
import { provenResumption } from '../store/resumptions.ts';
import { faultsIn, type Item, read } from './change.ts';
import type { ArchiveDeps } from './deps.ts';

/** One change of one item in the table's stream. */
export type Change = {
  pk: string;
  sk: string;
  /** Increases with each change of an item. */
  sequence: string;
  at: string;
  before: Item | null;
  after: Item | null;
};

/** The archived copy of a change. `record` is null when the item was deleted. */
export const Copy = z.strictObject({
  pk: z.string(),
  sk: z.string(),
  at: z.iso.datetime(),
  record: z.nullable(z.record(z.string(), z.unknown())),
  faults: z.array(z.string()),
});
export type Copy = z.infer<typeof Copy>;

/** Copies a change. Returns the copy's key and hash, or null for a kind that isn't copied. */
export async function archive(
  { put, keys, log }: Omit<ArchiveDeps, 'now'>,
  change: Change,
): Promise<Logged | null> {
  const { pk, sk, at, after } = change;
  if (!isArchived(change)) return null;
  const action = locate(change)?.kind === 'action' ? Action.safeParse(after?.record).data : null;
  const faults = [
    ...faultsIn(change, change),
    ...(action ? await unprovenIn(keys, action) : []),
    ...(await unprovenResumption(keys, change)),
    ...(await unprovenAlert(keys, change)),
  ];
  if (faults.length > 0) log('error', ALARMING.recordAltered, { pk, sk, at, faults });
  const copy: Copy = { pk, sk, at, record: after && withoutToken(after), faults };
  const [key, body] = [keyOf(change), JSON.stringify(copy)];
  await put(key, body);
  return { key, sha256: sha256(body) };
}

/** Logs copies that were written, for the next digest. */
export async function logCopies(
  { put, now }: Pick<ArchiveDeps, 'put' | 'now'>,
  written: readonly (Logged | null)[],
): Promise<void> {
  const copies = written.filter((one) => one !== null);
  if (copies.length === 0) return;
  const body = JSON.stringify({ copies } satisfies z.infer<typeof CopyLog>);
  await put(logKey(now(), body), body);
}

/** The fault of a resumption whose MAC is invalid or covers another key; none for other records. */
async function unprovenResumption(
  { resumptions }: ArchiveDeps['keys'],
  change: Change,
): Promise<string[]> {
  const { pk, sk, after } = change;
  if (!after || locate(change)?.kind !== 'resumption') return [];
  const found = await provenResumption(resumptions, { ...after, pk, sk });
  return found ? [] : ['the resumption is not proven'];
}

/** The fault of an alert that intake didn't accept in this form and in this incident; none for other records. */
async function unprovenAlert({ alerts }: ArchiveDeps['keys'], change: Change): Promise<string[]> {
  const located = locate(change);
  if (!change.after || located?.kind !== 'alert') return [];
  const alert = read(Alert, change.after.record);
  if (alert instanceof InvalidInput) return [`the record cannot be read: ${alert.message}`];
  const isProven = await isAlertProven(alerts, located.incidentId ?? '', alert);
  return isProven ? [] : ['nothing proves that intake accepted the alert'];
}

/** The S3 key of a copy: `records/2/ACTION/inc-.../act-.../<sequence>.json`. A record's copies sort in order. */
export const keyOf = ({ pk, sk, sequence }: Pick<Change, 'pk' | 'sk' | 'sequence'>): string =>
  `${folderOf({ pk, sk })}/${sequence.padStart(SEQUENCE_DIGITS, '0')}.json`;

/** S3 keys have at most 1,024 bytes. Countermand's keys are far shorter, but a forged item must be copied too. */
const MAX_FOLDER_BYTES = 900;

export function folderOf({ pk, sk }: Pick<Change, 'pk' | 'sk'>): string {
  const folder = `${COPIES}${pk.replaceAll('#', '/')}/${sk.replaceAll('#', '/')}`;
  return Buffer.byteLength(folder) <= MAX_FOLDER_BYTES
    ? folder
    : `${COPIES}too-long/${digestOf({ pk, sk })}`;
}

/** Maximum length. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html */
const SEQUENCE_DIGITS = 40;

/** The item without its task token, which could answer for a person. More people can read the archive. */
export function withoutToken(item: Item): Item {
  const { record } = Approved.safeParse(item).data ?? {};
  return record
    ? { ...item, record: { ...record, approval: { ...record.approval, taskToken: null } } }
    : item;
}

const Approved = z.object({ record: z.looseObject({ approval: z.looseObject({}) }) });
