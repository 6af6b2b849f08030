// The alerts of an incident of layout 2: one item each.
import { createHash } from 'node:crypto';
import { InvalidInput, NotFound } from '../domain/errors.ts';
import { MAX_ALERTS, Member } from '../domain/incident.ts';
import { readStored } from '../domain/stored.ts';
import type { Log } from '../platform/log.ts';
import { recordItem } from './due.ts';
import { incidentIdFor, incidentKey, incidentPartition } from './layout.ts';
import { logHistory } from './log-history.ts';
import { parse, type Readable, readAll } from './read-all.ts';
import { isLostRace, retryOnConflict } from './retry.ts';
import { ABSENT, atVersion, type Condition, type Item, type Table } from './table.ts';

/** The seat of the alert that names the incident. No other alert takes it, so that alert can always join. */
const FIRST_SEAT = 0;
const OTHER_SEATS = MAX_ALERTS - 1;
const FEW_SEATS = 4;

/**
 * The seats that an alert may take, in its own order, so that alerts at the same time try different ones. Two
 * deliveries of one alert try the same seats.
 */
function seatsFor(incidentId: string, alertId: string): number[] {
  if (incidentId === incidentIdFor(alertId, 2)) return [FIRST_SEAT];
  const orderOf = (seat: number) =>
    createHash('sha256').update(`${alertId} ${seat}`).digest().readUInt32BE();
  return Array.from({ length: OTHER_SEATS }, (_, i) => 1 + i)
    .map((seat) => ({ seat, order: orderOf(seat) }))
    .sort((a, b) => a.order - b.order)
    .map(({ seat }) => seat);
}

/** The sort key is the seat in two digits. */
const memberKey = ({ incidentId, seat }: Pick<Member, 'incidentId' | 'seat'>) =>
  incidentKey('member', incidentId, String(seat).padStart(2, '0'));

const alertIdIn = ({ record }: Item): unknown =>
  typeof record === 'object' && record !== null && 'alertId' in record ? record.alertId : null;

export function createMembers(table: Table, log: Log) {
  const itemsOf = (incidentId: string): Promise<Item[]> => {
    const { pk, prefix } = incidentPartition('member', incidentId);
    return table.query(pk, { prefix });
  };
  /** The alert took the first free seat in its order, mostly one of the first: reads those before all. */
  const find = async (incidentId: string, alertId: string): Promise<Member | undefined> => {
    for (const seat of seatsFor(incidentId, alertId).slice(0, FEW_SEATS)) {
      const item = await table.get(memberKey({ incidentId, seat }));
      if (item && alertIdIn(item) === alertId) return parse(Member, item);
    }
    const item = (await itemsOf(incidentId)).find((one) => alertIdIn(one) === alertId);
    return item && parse(Member, item);
  };
  const write = (member: Member, condition: Condition) =>
    table.put(recordItem(memberKey(member), member), condition);

  return {
    readMembers: async (incidentId: string): Promise<Readable<Member>> =>
      readAll(Member, await itemsOf(incidentId), log),
    /** True when only the alert that names the incident can still join. */
    async isFull(incidentId: string): Promise<boolean> {
      const first = memberKey({ incidentId, seat: FIRST_SEAT }).sk;
      const others = (await itemsOf(incidentId)).filter(({ sk }) => sk !== first);
      return others.length >= OTHER_SEATS;
    },
    /**
     * Takes a seat for the alert, or returns its member if it has one. Returns null when the incident is full. Seats
     * are never freed, so concurrent deliveries of one alert end on the same seat.
     */
    async join(joining: Omit<Member, 'seat'>): Promise<Member | null> {
      const { incidentId, alertId } = joining;
      const seats = seatsFor(incidentId, alertId);
      for (;;) {
        const items = await itemsOf(incidentId);
        const mine = items.find((item) => alertIdIn(item) === alertId);
        if (mine) return parse(Member, mine);
        const taken = new Set(items.map(({ sk }) => sk));
        const seat = seats.find((one) => !taken.has(memberKey({ incidentId, seat: one }).sk));
        if (seat === undefined) return null;
        const member = Member.parse({ ...joining, seat });
        try {
          await write(member, ABSENT);
        } catch (error) {
          // Each lost race means that a seat was taken, so the loop ends without waits.
          if (isLostRace(error)) continue;
          throw error;
        }
        logHistory(log, member, 0);
        return member;
      }
    },
    /** Reads, derives and writes like `changeAction`. Throws NotFound. */
    changeMember: (
      incidentId: string,
      alertId: string,
      derive: (current: Member) => Member | null,
    ): Promise<Member> =>
      retryOnConflict(table, async () => {
        const current = await find(incidentId, alertId);
        if (!current)
          throw new NotFound('the alert is not in the incident', { incidentId, alertId });
        const next = derive(current);
        if (!next) return current;
        if (next.seat !== current.seat)
          throw new InvalidInput('an alert keeps its seat', { alertId });
        const parsed = readStored(Member, next, { what: 'member', incidentId, alertId });
        await write(parsed, atVersion(current.version));
        logHistory(log, parsed, current.history.length);
        return parsed;
      }),
  };
}
