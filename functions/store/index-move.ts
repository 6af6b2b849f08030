// Puts items that an earlier version wrote into the index `sweep`.
import { Action, isInForce } from '../domain/action.ts';
import { Conflict } from '../domain/errors.ts';
import { createChecks } from './checks.ts';
import { type Kind, locate } from './layout.ts';
import { readEach } from './read-each.ts';
import { sweepKeys } from './sweep-index.ts';
import { atVersion, type Item, type Table } from './table.ts';

const MOVED: readonly Kind[] = ['action', 'incident', 'breaker', 'pager'];
/** Per call. */
const MAX_MOVED = 500;

/**
 * Moves items and returns how many remain. Each write only adds the keys of the index and raises the version, so that
 * other writers notice. An action in force gets its hourly check.
 */
export async function moveToSweepIndex(table: Table): Promise<number> {
  const keys = (await table.unswept()).filter((key) =>
    MOVED.some((kind) => locate(key)?.kind === kind),
  );
  const chosen = keys.slice(0, MAX_MOVED);
  for (const item of await readEach(table, chosen)) await move(table, item);
  return keys.length - chosen.length;
}

async function move(table: Table, item: Item): Promise<void> {
  const { pk, sk, attentionAt, version, record } = item;
  if (typeof attentionAt !== 'string' || typeof version !== 'number') return;
  const action = Action.safeParse(record).data;
  if (action && isInForce(action)) await createChecks(table).begin(action);
  const raised = version + 1;
  const content =
    typeof record === 'object' && record !== null ? { record: { ...record, version: raised } } : {};
  const next = {
    ...item,
    ...content,
    version: raised,
    ...sweepKeys('attention', { pk, sk }, attentionAt),
  };
  try {
    await table.put(next, atVersion(version));
  } catch (error) {
    // Another writer was faster, and its write carries the keys.
    if (!(error instanceof Conflict)) throw error;
  }
}
