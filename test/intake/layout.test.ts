// New alerts open incidents of the current layout.
import { beforeEach, describe, expect, test } from 'vitest';
import { acceptEvent } from '../../functions/intake/intake.ts';
import { type Layout, layoutOf, locate } from '../../functions/store/layout.ts';
import type { Item } from '../../functions/store/table.ts';
import { startStores } from '../store/stores.ts';
import { type Intake, openIntake, probe } from './intake-on-store.ts';

const db = startStores();
let intake: Intake;
beforeEach(async () => {
  intake = await openIntake(db);
});

/** Accepts the event with this layout for new incidents. */
async function accept(event: object, recordLayout: Layout) {
  const [accepted] = await acceptEvent({ ...intake.deps, recordLayout }, JSON.stringify(event));
  if (!accepted || !('alertId' in accepted)) throw new Error('the event was refused');
  return accepted;
}

/** Records the items that intake writes. */
function watchWrites(): Item[] {
  const written: Item[] = [];
  const { table } = intake.store;
  const put = table.put;
  table.put = async (item, condition) => {
    written.push(item);
    await put(item, condition);
  };
  return written;
}

describe.each<[string, Layout, Layout]>([
  ['after an upgrade to layout 2', 1, 2],
  ['before a return to layout 1', 2, 1],
])('%s', (_, from, to) => {
  test('an alert related to an open incident of the other layout opens its own', async () => {
    const earlier = await accept(probe('a'), from);
    const written = watchWrites();
    const related = await accept(probe('b'), to);
    expect([earlier, related].map(({ incidentId }) => layoutOf(incidentId))).toEqual([from, to]);
    expect(related.outcome).toBe('started');
    expect((await intake.store.records.incident(earlier.incidentId)).alerts).toHaveLength(1);
    const next = await accept(probe('c'), to);
    expect(next).toMatchObject({ outcome: 'joined', incidentId: related.incidentId });
    const layouts = written.flatMap((item) => locate(item)?.incidentId ?? []).map(layoutOf);
    expect(new Set(layouts)).toEqual(new Set([to]));
  });

  test('a finding that was not yet started is assessed in a new incident', async () => {
    const startRespond = async () => {
      throw new Error('killed');
    };
    const body = JSON.stringify(probe('a'));
    const killed = acceptEvent({ ...intake.deps, startRespond, recordLayout: from }, body);
    await expect(killed).rejects.toThrow('killed');
    const written = watchWrites();
    const accepted = await accept(probe('a'), to);
    expect(layoutOf(accepted.incidentId)).toBe(to);
    expect([...intake.started.keys()]).toEqual([accepted.alertId]);
    expect((await intake.store.records.incident(accepted.incidentId)).alerts).toHaveLength(1);
    const layouts = written.flatMap((item) => locate(item)?.incidentId ?? []).map(layoutOf);
    expect(new Set(layouts)).toEqual(new Set([to]));
  });

  test('a repeat in an open incident of the other layout counts up in the finding only', async () => {
    const { incidentId } = await accept(probe('a'), from);
    const written = watchWrites();
    expect(await accept(probe('a'), to)).toMatchObject({ outcome: 'repeat', incidentId });
    expect(written.map((item) => locate(item)?.kind)).toEqual(['finding']);
  });
});

test('a repeat of a finding in a closed incident of layout 2 opens one of layout 1 at once', async () => {
  const { incidentId } = await accept(probe('a'), 2);
  await intake.closeIncident(incidentId);
  const again = await accept(probe('a'), 1);
  expect([again.outcome, layoutOf(again.incidentId)]).toEqual(['started', 1]);
});

test('a repeat of a finding in a closed incident of layout 1 waits as usual', async () => {
  const { incidentId } = await accept(probe('a'), 1);
  await intake.closeIncident(incidentId);
  expect((await accept(probe('a'), 2)).outcome).toBe('repeat');
});
