// How many messages the samples send to each person, if no one answers.
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createWorld, sample } from './world.ts';

const SAMPLES = readdirSync(new URL('../../local/samples/', import.meta.url))
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''));

/** Messages to each person about one sample until its requests and its short actions have ended. */
async function messagesAbout(name: string): Promise<number[]> {
  const world = await createWorld();
  await world.deliver(sample(name));
  // Past the steps of the escalation, the reminders and the time limits.
  for (const minutes of [1, 1, 2, 4, 2, 5, 1, 1]) {
    world.clock.advance(minutes * 60_000);
    await world.runtime.engine.quiet();
    await world.runtime.tick();
    await world.runtime.engine.quiet();
  }
  const people = world.runtime
    .inbox()
    .flatMap(({ message: { to } }) => (to.kind === 'person' ? to.id : []));
  await world.stop();
  return [...Map.groupBy(people, (id) => id).values()].map(({ length }) => length);
}

test('P12: the median sample sends at most two messages to the person who gets most, unanswered', async () => {
  const most: number[] = [];
  for (const name of SAMPLES) most.push(Math.max(0, ...(await messagesAbout(name))));
  most.sort((a, b) => a - b);
  expect(most.length).toBeGreaterThan(10);
  expect(most[Math.floor(most.length / 2)], most.join(' ')).toBeLessThanOrEqual(2);
  expect(most.at(-1), most.join(' ')).toBeLessThanOrEqual(4);
}, 120_000);
