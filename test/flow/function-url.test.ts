// An open function URL, from the question to the undo by its approver.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Analyst } from '../../functions/analyse/brief.ts';
import { createWorld, sample, type World } from './world.ts';

const DAY_MS = 86_400_000;

const closesTheUrl: Analyst = {
  origin: 'playbook',
  model: null,
  judge: async () => ({
    verdict: 'suspicious',
    summary: 'Strangers call the function.',
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
};

let world: World;
beforeEach(async () => {
  world = await createWorld({ analyst: closesTheUrl });
  await world.deliver(sample('function-calls-out'));
});
afterEach(() => world.stop());

const action = () => world.action('disable_function_url');
/** What time brings, without every ten seconds of three months. */
async function daysLater(days: number) {
  world.clock.advance(days * DAY_MS);
  await world.runtime.tick();
  await world.runtime.engine.quiet();
}

test('waits for a person, and is kept in the name of the person who approved it', async () => {
  expect((await action()).status).toBe('awaiting-approval');
  await world.approve('ana.silva', 'URL');
  const kept = await action();
  expect(kept).toMatchObject({ status: 'kept', dueAt: null });
  expect(kept.history.map(({ event, by }) => `${event} by ${by}`)).toEqual(
    expect.arrayContaining(['in-force by execute', 'kept by person:ana.silva']),
  );
});

test('stays until its approver, asked at the review date, undoes it', async () => {
  await world.approve('ana.silva', 'URL');
  await daysLater(89);
  expect((await action()).status).toBe('kept');
  expect(world.told('ana.silva').filter((subject) => subject.includes('Still right?'))).toEqual([]);
  await daysLater(1);
  expect(world.told('ana.silva').at(-1)).toContain('Still right?');
  await world.choose(world.link('ana.silva', 'Still right?'), { review: 'reverse' });
  expect((await action()).status).toBe('reversed');
});
