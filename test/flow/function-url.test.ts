// An open function URL: from the request to the undo by its approver.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Analyst } from '../../functions/analyse/brief.ts';
import { citing } from '../fixtures/citing.ts';
import { createWorld, sample, type World } from './world.ts';

const DAY_MS = 86_400_000;

const closesTheUrl: Analyst = citing({
  origin: 'playbook',
  model: null,
  judge: async () => ({
    verdict: 'suspicious',
    summary: 'Unknown callers use the function.',
    recommendations: [
      {
        action: 'disable_function_url',
        target: 'function-1',
        parameters: { durationMinutes: null },
        confidence: 90,
        reasoning: 'Its URL is open to everyone.',
      },
    ],
  }),
});

let world: World;
beforeEach(async () => {
  world = await createWorld({ analyst: closesTheUrl });
  await world.deliver(sample('function-calls-out'));
});
afterEach(() => world.stop());

const action = () => world.action('disable_function_url');
/** Moves the clock once instead of every ten seconds, which would take too long for three months. */
async function daysLater(days: number) {
  world.clock.advance(days * DAY_MS);
  await world.runtime.tick();
  await world.runtime.engine.quiet();
}

test('closes a function URL only after approval, and records the approver as its keeper', async () => {
  expect((await action()).status).toBe('awaiting-approval');
  await world.approve('ana.silva', 'URL');
  const kept = await action();
  expect(kept).toMatchObject({ status: 'kept', dueAt: null });
  expect(kept.history.map(({ event, by }) => `${event} by ${by}`)).toEqual(
    expect.arrayContaining(['in-force by execute', 'kept by person:ana.silva']),
  );
});

test('keeps the URL closed until its approver undoes it at the review date', async () => {
  await world.approve('ana.silva', 'URL');
  await daysLater(89);
  expect((await action()).status).toBe('kept');
  expect(
    world.subjectsTo('ana.silva').filter((subject) => subject.includes('Still needed?')),
  ).toEqual([]);
  await daysLater(1);
  expect(world.subjectsTo('ana.silva').at(-1)).toContain('Still needed?');
  await world.choose(world.link('ana.silva', 'Still needed?'), { review: 'reverse' });
  expect((await action()).status).toBe('reversed');
});
