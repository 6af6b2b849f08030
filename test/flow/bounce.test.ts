// The email to the first approver bounces: the second one is asked at once.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mailEvent } from '../bounce/mail-event.ts';
import { createWorld, sample, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.stop());

const requestTo = (person: string) =>
  world.runtime
    .inbox()
    .map(({ message }) => message)
    .filter(({ to, links }) => to.kind === 'person' && to.id === person && links.length > 0);

test('a bounced request is in the second approver’s inbox within the minute, once, and can be approved', async () => {
  await world.deliver(sample('web-port-probe'));
  const [request] = requestTo('ana.silva');
  expect(requestTo('ben.okafor')).toEqual([]);
  const event = mailEvent(request!);
  await world.runtime.bounce(event);
  await world.runtime.bounce(event);
  expect(requestTo('ben.okafor')).toHaveLength(1);
  expect(
    world.runtime.inbox().filter(({ message }) => message.key.startsWith('bounced-')),
  ).toHaveLength(1);
  await world.pass(6);
  expect(requestTo('ben.okafor')).toHaveLength(1);
  await world.approve('ben.okafor');
  expect(world.blocked()).not.toEqual([]);
});
