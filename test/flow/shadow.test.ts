// Shadow mode: nothing is changed, and managers judge each action.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tallyIn } from '../../console/shadow.ts';
import { POLICY } from '../fixtures/case.ts';
import { createWorld, sample, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld({ policy: { ...POLICY, mode: 'shadow' } });
  await world.deliver(sample('web-port-probe'));
});
afterEach(() => world.stop());

const toMei = () =>
  world.runtime
    .inbox()
    .map(({ message }) => message)
    .filter(({ to, key }) => to.kind === 'person' && to.id === 'mei.tanaka' && /^judge-/.test(key));

test('sends the manager one message without a page, with a link for each action that would have run', async () => {
  expect(toMei()).toHaveLength(1);
  expect(toMei()[0]).toMatchObject({ urgency: 'inform' });
  const labels = toMei()[0]!.links.map(({ label }) => label);
  expect(labels.some((label) => label.includes('Block web requests from 203.0.113.66'))).toBe(true);
  expect(labels.some((label) => label.includes('ticket'))).toBe(false);
  expect(world.blocked()).toEqual([]);
});

const WATCH = 'Add an IP address to the watch list';

test('counts the judgements per action, and changes nothing', async () => {
  const before = await tallyIn(world.runtime);
  const find = (all: typeof before) => all.find(({ name }) => name === WATCH);
  expect(find(before)).toEqual({ name: WATCH, observed: 1, right: 0, wrong: 0 });
  const link = toMei()[0]!.links.find(({ label }) => label.includes('watch list'))!.url;
  await world.choose(new URL(link).pathname, { judgement: 'right', note: '' });
  expect(find(await tallyIn(world.runtime))).toMatchObject({ observed: 1, right: 1, wrong: 0 });
  await world.choose(new URL(link).pathname, { judgement: 'wrong', note: 'a partner' });
  expect(find(await tallyIn(world.runtime))).toMatchObject({ observed: 1, right: 0, wrong: 1 });
  expect(world.watched()).toEqual([]);
});
