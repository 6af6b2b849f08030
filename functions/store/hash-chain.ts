// Hash-chained histories: a state change and its entry are one write.
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { type Action, type HistoryEntry, type Status, TRANSITIONS } from '../domain/action.ts';
import { IllegalTransition } from '../domain/errors.ts';
import { shortened, truncate } from '../domain/wording.ts';

/** SHA-256 of the RFC 8785 canonical JSON of a value, in hex. */
export function digestOf(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('the value has no JSON form');
  return createHash('sha256').update(text).digest('hex');
}

/** A DynamoDB item holds 400 KB. The rest is for the entries of undos. */
const FULL_BYTES = 250_000;

/** Whether the history is too long for entries that may repeat without end. */
export const isFull = (history: readonly HistoryEntry[]): boolean =>
  Buffer.byteLength(JSON.stringify(history)) > FULL_BYTES;

export type Note = {
  at: Date;
  by: string;
  event: string;
  text: string;
  people?: readonly string[];
};

/** The history with one more entry. `anchor` is the record's ID, which prevents swapping chains between records. */
export function append(
  anchor: string,
  history: readonly HistoryEntry[],
  note: Note,
): HistoryEntry[] {
  const entry = {
    seq: history.length,
    at: note.at.toISOString(),
    by: truncate(note.by, 128),
    event: note.event,
    text: shortened(note.text, 1000),
    ...(note.people && { people: [...new Set(note.people)].slice(0, 100) }),
    previous: history.at(-1)?.hash ?? digestOf(anchor),
  };
  return [...history, { ...entry, hash: digestOf(entry) }];
}

/** The first fault of the chain, or null if it is intact. */
export function chainFault(anchor: string, history: readonly HistoryEntry[]): string | null {
  let previous = digestOf(anchor);
  for (const [index, { hash, ...entry }] of history.entries()) {
    if (entry.seq !== index) return `entry ${index} has sequence number ${entry.seq}`;
    if (entry.previous !== previous) return `entry ${index} does not follow the previous entry`;
    if (digestOf(entry) !== hash) return `entry ${index} was altered`;
    previous = hash;
  }
  return null;
}

/** The action in its next state, with a history entry. Throws IllegalTransition. */
export function transition(
  action: Action,
  status: Status,
  note: Omit<Note, 'event'>,
  change: Partial<Omit<Action, 'status' | 'history' | 'version' | 'actionId'>> = {},
): Action {
  if (!TRANSITIONS[action.status].includes(status))
    throw new IllegalTransition(`illegal transition from ${action.status} to ${status}`, {
      actionId: action.actionId,
    });
  return { ...withEntry(action, { ...note, event: status }), ...change, status };
}

/** The record with one more history entry, for an event that doesn't change its state. */
export function withEntry<R extends { history: HistoryEntry[]; version: number } & Identified>(
  record: R,
  note: Note,
): R {
  const history = append(anchorOf(record), record.history, note);
  return { ...record, history, version: record.version + 1 };
}

type Identified = { actionId: string } | { seat: number; alertId: string } | { incidentId: string };
export function anchorOf(record: Identified): string {
  if ('actionId' in record) return record.actionId;
  return 'seat' in record ? record.alertId : record.incidentId;
}

/** Digest of what a person approves and what runs: account, region, action, target, parameters and mechanism. */
export function actionDigest(
  action: Pick<
    Action,
    | 'actionId'
    | 'account'
    | 'region'
    | 'name'
    | 'target'
    | 'durationMinutes'
    | 'parameters'
    | 'mechanism'
    | 'effectKey'
  >,
): string {
  const { actionId, account, region, name, durationMinutes, parameters, mechanism, effectKey } =
    action;
  const target = action.target && { kind: action.target.kind, value: action.target.value };
  return digestOf({
    actionId,
    account,
    region,
    name,
    target,
    durationMinutes,
    parameters,
    mechanism,
    effectKey,
  });
}
