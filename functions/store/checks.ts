// When the effect of each action in force is next compared with AWS.
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Action } from '../domain/action.ts';
import { readStored } from '../domain/stored.ts';
import { locate, singleKey } from './layout.ts';
import { readEach } from './read-each.ts';
import { sweepKeys } from './sweep-index.ts';
import { atVersion, type Table } from './table.ts';

const Stored = z.object({ incidentId: z.string(), version: z.int() });
export type Check = z.infer<typeof Stored> & { actionId: string };

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_SECONDS = 86_400;

/** The minute of the hour in which an action is checked, derived from its ID. */
export const minuteOf = ({ actionId }: Pick<Action, 'actionId'>): number =>
  createHash('sha256').update(actionId).digest().readUInt32BE() % 60;

/** The action's next minute after this time. */
function nextCheck(action: Pick<Action, 'actionId'>, after: Date): string {
  const hour = Math.floor(after.getTime() / HOUR_MS) * HOUR_MS;
  const inThisHour = hour + minuteOf(action) * MINUTE_MS;
  return new Date(inThisHour > after.getTime() ? inThisHour : inThisHour + HOUR_MS).toISOString();
}

/**
 * Checks have items of their own: a check that is due must neither delay nor rewrite the action. The item is written
 * before the action comes into force, and the sweeper ends it when the action isn't in force any more.
 */
export function createChecks(table: Table) {
  const write = (
    { actionId, incidentId, version }: Check,
    after: Date,
    condition?: Parameters<Table['put']>[1],
  ) => {
    const key = singleKey('check', actionId);
    const keys = sweepKeys('check', key, nextCheck({ actionId }, after));
    return table.put({ ...key, incidentId, version, ...keys }, condition);
  };
  return {
    /** Call before an action comes into force. */
    begin: ({ actionId, incidentId, version, history }: Action): Promise<void> =>
      write({ actionId, incidentId, version }, new Date(history.at(-1)?.at ?? 0)),
    /** The checks that are due for longest, at most `limit`. */
    async due(now: Date, limit: number): Promise<Check[]> {
      const until = now.toISOString();
      const keys = await table.due('check', until, limit);
      const items = await readEach(
        table,
        keys.filter((key) => locate(key)?.kind === 'check'),
      );
      return items
        .filter(({ sweepAt }) => typeof sweepAt === 'string' && sweepAt <= until)
        .map((item) => ({
          ...readStored(Stored, item, { what: 'check', pk: item.pk }),
          actionId: locate(item)?.id ?? '',
        }));
    },
    /** Throws Conflict when the action came into force again since the check was read. */
    postpone: (check: Check, now: Date): Promise<void> =>
      write(check, now, atVersion(check.version)),
    /** Throws Conflict like `postpone`. DynamoDB deletes the item after a day. */
    end: ({ actionId, incidentId, version }: Check, now: Date): Promise<void> =>
      table.put(
        {
          ...singleKey('check', actionId),
          incidentId,
          version,
          expiresAt: Math.floor(now.getTime() / 1000) + DAY_SECONDS,
        },
        atVersion(version),
      ),
  };
}
