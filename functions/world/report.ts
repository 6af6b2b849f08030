// Pages the team about differences, all of one check in one message.
import { minutesAfter } from '../domain/time.ts';
import { type DifferenceKind, type TrailQuery, worldText } from '../messaging/texts/world.ts';
import { digestOf } from '../store/hash-chain.ts';
import type { WorldState } from '../store/world.ts';
import type { Difference } from './compare.ts';
import type { WorldDeps } from './deps.ts';

export type Reported = Omit<Difference, 'kind'> & { kind: DifferenceKind };

/** CloudTrail shows who removed a change that was there this long before. */
const TRAIL_MINUTES = 60;

export async function report(
  { send, policy, here, readers, now }: WorldDeps,
  toReport: readonly Reported[],
  { checkedAt }: WorldState,
): Promise<void> {
  const id = digestOf([
    now().toISOString().slice(0, 13),
    ...toReport.map(({ kind, key }) => `${kind} ${key}`).sort(),
  ]);
  const since = checkedAt ?? minutesAfter(now(), -TRAIL_MINUTES);
  const queries = readers.flatMap(({ scope, written }): TrailQuery[] => {
    const missing = toReport.filter((one) => one.kind === 'missing' && one.scope === scope);
    const regions = new Set(
      missing.flatMap(({ list }) => (list && written ? [written.regionOf(list)] : [])),
    );
    return [...regions].flatMap((region) =>
      (written?.eventNames ?? []).map((eventName) => ({
        eventName,
        region: region ?? here.region,
        since,
      })),
    );
  });
  // A change that comes back by itself needs no one at night.
  const needsPerson = toReport.some(({ kind }) => kind !== 'returning');
  await send({
    key: `world-${policy.account}-${id.slice(0, 32)}`,
    to: { kind: 'team' },
    urgency: needsPerson ? 'page' : 'inform',
    ...(needsPerson && { always: true }),
    ends: [],
    ...worldText(here, toReport, queries, now()),
    links: [],
    incidentId: 'none',
    actionId: null,
  });
}
