// Copies each change of a record to where whoever can write the table cannot, and says so where it is none of ours.

import * as z from 'zod/mini';
import { ALARMING } from '../domain/alarm-messages.ts';
import { digestOf } from '../store/hash-chain.ts';
import { ARCHIVED } from '../store/table-definition.ts';
import { faultsIn, type Item } from './change.ts';
import type { ArchiveDeps } from './deps.ts';

/** One change of one item, as the table's stream tells it. */
export type Change = {
  pk: string;
  sk: string;
  /** Rises from change to change of one item. */
  sequence: string;
  at: string;
  before: Item | null;
  after: Item | null;
};

/** What is kept of a change. `record` is null where it was removed. */
export const Copy = z.strictObject({
  pk: z.string(),
  sk: z.string(),
  at: z.iso.datetime(),
  record: z.nullable(z.record(z.string(), z.unknown())),
  faults: z.array(z.string()),
});
export type Copy = z.infer<typeof Copy>;

export async function archive({ put, log }: ArchiveDeps, change: Change): Promise<void> {
  const { pk, sk, at, after } = change;
  if (!isArchived(sk)) return;
  const faults = faultsIn(sk, change);
  if (faults.length > 0) log('error', ALARMING.recordAltered, { pk, sk, at, faults });
  const copy: Copy = { pk, sk, at, record: after && withoutToken(after), faults };
  await put(keyOf(change), JSON.stringify(copy));
}

export const isArchived = (sk: string): boolean =>
  ARCHIVED.names.some((name) => name === sk) || sk.startsWith(ARCHIVED.prefix);

/** `records/INCIDENT/inc-.../ACTION/act-.../<sequence>.json`: the copies of one record, in order. */
export const keyOf = ({ pk, sk, sequence }: Pick<Change, 'pk' | 'sk' | 'sequence'>): string =>
  `${folderOf({ pk, sk })}/${sequence.padStart(SEQUENCE_DIGITS, '0')}.json`;

/** Ours are far shorter; a stranger's, too, has to have a copy. S3 takes keys of 1024 bytes. */
const MAX_FOLDER_BYTES = 900;

export function folderOf({ pk, sk }: Pick<Change, 'pk' | 'sk'>): string {
  const folder = `records/${pk.replaceAll('#', '/')}/${sk.replaceAll('#', '/')}`;
  return Buffer.byteLength(folder) <= MAX_FOLDER_BYTES
    ? folder
    : `records/too-long/${digestOf({ pk, sk })}`;
}

/** At most. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html */
const SEQUENCE_DIGITS = 40;

/** The state machine's callback decides: it has no place where more people read. */
export function withoutToken(item: Item): Item {
  const { record } = Approved.safeParse(item).data ?? {};
  return record
    ? { ...item, record: { ...record, approval: { ...record.approval, taskToken: null } } }
    : item;
}

const Approved = z.object({ record: z.looseObject({ approval: z.looseObject({}) }) });
