// P10: an opt-in tag that goes away stops an approved action, and no undo.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ApiKeys } from '../../functions/mechanisms/api-key/stand-in.ts';
import { createWorld, sample, statesInMemory, type World } from './world.ts';

const KEY = 'k4partner9';
let world: World;
let kept: ReturnType<typeof statesInMemory>;
beforeEach(async () => {
  kept = statesInMemory();
  world = await createWorld({ state: kept.state });
  await world.deliver(sample('api-key-abuse'));
});
afterEach(() => world.stop());

const keys = () => kept.file<ApiKeys>('api-keys');
const key = () => keys().read()[KEY]!;
const removeTag = () => keys().write({ ...keys().read(), [KEY]: { ...key(), tags: {} } });

test('a tag that is removed between the request and the approval hands the action off', async () => {
  removeTag();
  await world.approve('ana.silva');
  const action = await world.action('revoke_api_key');
  expect([action.status, key().enabled]).toEqual(['handed-off', true]);
  expect(action.failure).toMatch(
    /^Stopped after approval: .+ the tag countermand=allowed is missing/,
  );
});

test('a tag that is removed while the action is in force does not keep it from being undone', async () => {
  await world.approve('ana.silva');
  expect(key().enabled).toBe(false);
  removeTag();
  await world.pass(24 * 60 + 1);
  expect([(await world.action('revoke_api_key')).status, key().enabled]).toEqual([
    'reversed',
    true,
  ]);
});
