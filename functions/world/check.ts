// The world check: compares AWS with the record, and notifies of differences.
import { ALARMING } from '../domain/alarm-messages.ts';
import { minutesAfter } from '../domain/time.ts';
import type { Entry, Holding, WorldReader } from '../mechanisms/world.ts';
import type { WorldState } from '../store/world.ts';
import { compare, type Difference, type Lists } from './compare.ts';
import type { WorldDeps } from './deps.ts';
import { readHeld } from './held.ts';
import { askToPutBack, canReturn, removedByDeployments } from './removed.ts';
import { type Reported, report } from './report.ts';

/** Longer than a change takes from its record to AWS, or from AWS to the index of the record. */
const CONFIRM_AFTER_MS = 10_000;

export type WorldResult = { differences: number; fresh: number; unread: number };

/**
 * Notifies of each difference once, in one message, until it ends. Changes nothing in AWS: executors put back what a
 * deployment removed.
 *
 * 1. Read the actions, then every list, then the actions again.
 * 2. If a difference is new, do so again after some seconds: only what lasts counts, except a wide entry.
 * 3. Notify, then save what was notified. A crash between the two repeats the message.
 * 4. Ask executors to put back what a deployment removed, in each check until it is there.
 *
 * Throws AggregateError at the end if lists could not be read.
 */
export async function checkWorld(deps: WorldDeps): Promise<WorldResult> {
  const { store, policy, sleep, now, log } = deps;
  const startedAt = now().toISOString();
  const state = await store.world.find(policy.account);
  const known = new Set(state.episodes.map(({ key }) => key));
  const isNew = ({ key }: Difference) => !known.has(key);
  const first = await look(deps);
  let { differences, faults } = first;
  if (differences.some(isNew)) {
    await sleep(CONFIRM_AFTER_MS);
    const second = await look(deps);
    const firstKeys = new Set(differences.map(({ key }) => key));
    differences = second.differences.filter(
      ({ kind, key }) => kind === 'wide' || firstKeys.has(key),
    );
    faults = [...faults, ...second.faults];
  }
  const unread = new Set(faults.map(({ scope }) => scope));
  const fresh = differences.filter(isNew);
  const lost = differences.filter(({ kind }) => kind === 'missing');
  const removed = await removedByDeployments(deps, lost, state);
  const announced = new Set(
    state.episodes.filter(({ puttingBack }) => puttingBack).map(({ key }) => key),
  );
  const stuck = stuckIn(state, lost, now());
  const toReport: Reported[] = [
    ...fresh.filter(({ key }) => !removed.has(key)),
    ...lost
      .filter(({ key }) => removed.has(key) && !announced.has(key) && !stuck.has(key))
      .map((one) => ({ ...one, kind: 'returning' as const })),
    ...lost.filter(({ key }) => stuck.has(key)).map((one) => ({ ...one, kind: 'stuck' as const })),
  ];
  for (const { kind, key } of differences)
    if (kind !== 'missing') log('error', ALARMING.worldDiffers, { kind, entry: key });
  if (toReport.length > 0) await report(deps, toReport, state);
  await store.world.save(
    policy.account,
    state,
    stateAfter(state, { differences, removed, stuck, unread }, startedAt),
  );
  const isStuck = ({ key }: Difference) =>
    stuck.has(key) || state.episodes.some((one) => one.key === key && one.isStuck);
  const [waiting = [], failing = []] = [false, true].map((wanted) =>
    lost.filter((one) => removed.has(one.key) && isStuck(one) === wanted),
  );
  // Changes that executors refuse must not block the others.
  await askToPutBack(deps, [...waiting, ...failing]);
  if (faults.length > 0)
    throw new AggregateError(
      faults.map(({ error }) => error),
      `lists not read: ${[...unread].join(', ')}`,
    );
  return { differences: differences.length, fresh: fresh.length, unread: unread.size };
}

/** Longer than putting back some hundred changes takes, at 20 in a check. */
const PUT_BACK_WITHIN_MINUTES = 15;

/**
 * Changes that were announced as being put back, are still missing, and must now be reported: 15 minutes have passed,
 * or too little time is left before the undo. Later events in CloudTrail don't change that.
 */
function stuckIn(
  { episodes }: WorldState,
  lost: readonly Difference[],
  now: Date,
): ReadonlySet<string> {
  const missing = new Map(lost.map((one) => [one.key, one]));
  return new Set(
    episodes.flatMap(({ key, askedAt, isStuck }) => {
      const one = missing.get(key);
      if (!one || askedAt === null || isStuck) return [];
      const isLate = minutesAfter(askedAt, PUT_BACK_WITHIN_MINUTES) <= now.toISOString();
      return isLate || !canReturn(one, now) ? [key] : [];
    }),
  );
}

/** A difference whose list was not read has not ended. */
function stateAfter(
  { episodes, checkedAt, deployed }: WorldState,
  { differences, removed, stuck, unread }: Found,
  at: string,
): Omit<WorldState, 'version'> {
  const seen = new Set(differences.map(({ key }) => key));
  const known = new Set(episodes.map(({ key }) => key));
  return {
    episodes: [
      ...episodes
        .filter(({ key, scope }) => seen.has(key) || unread.has(scope))
        .map((one) => ({
          ...one,
          puttingBack: one.puttingBack || removed.has(one.key),
          askedAt: one.askedAt ?? (removed.has(one.key) ? at : null),
          isStuck: one.isStuck || stuck.has(one.key),
        })),
      ...differences
        .filter(({ key }) => !known.has(key))
        .map(({ key, scope, kind }) => ({
          ...{ key, scope, since: at, puttingBack: removed.has(key) },
          seenAt: kind === 'missing' ? checkedAt : null,
          askedAt: removed.has(key) ? at : null,
          isStuck: false,
        })),
    ],
    checkedAt: unread.size === 0 ? at : checkedAt,
    deployed,
  };
}

type Found = {
  differences: readonly Difference[];
  /** Keys of entries that a deployment removed. */
  removed: ReadonlySet<string>;
  /** Keys of entries that could not be put back. */
  stuck: ReadonlySet<string>;
  /** Scopes whose lists could not be read. */
  unread: ReadonlySet<string>;
};

type Fault = { scope: string; error: unknown };

async function look(deps: WorldDeps): Promise<{ differences: Difference[]; faults: Fault[] }> {
  const { readers } = deps;
  const before = await readHeld(deps, readers);
  const { lists, faults } = await readLists(readers, before.holdings);
  if (compare(lists, before.held, before.held).length === 0) return { differences: [], faults };
  const after = await readHeld(deps, readers);
  return { differences: compare(lists, before.held, after.held), faults };
}

/** One list that can't be read must not hide the differences in the others. */
async function readLists(
  readers: readonly WorldReader[],
  holdings: readonly Holding[],
): Promise<{ lists: Lists; faults: Fault[] }> {
  const lists = new Map<string, readonly Entry[]>();
  const faults: Fault[] = [];
  await Promise.all(
    readers.map(async ({ scope, read }) => {
      try {
        lists.set(scope, await read(holdings));
      } catch (error) {
        faults.push({ scope, error });
      }
    }),
  );
  return { lists, faults };
}
