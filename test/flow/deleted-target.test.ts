// A leaked key that its owner deletes, as the rotation steps advise.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isTargetGone } from '../../functions/domain/effect-state.ts';
import type { IamState } from '../../functions/mechanisms/user/stand-in.ts';
import { POLICY } from '../fixtures/case.ts';
import { createWorld, sample, statesInMemory, type World } from './world.ts';

const KEY = 'AKIAIOSFODNN7EXAMPLE';
const NAME = 'revoke_api_key';

let world: World;
let kept: ReturnType<typeof statesInMemory>;
beforeEach(async () => {
  kept = statesInMemory();
  world = await createWorld({ state: kept.state });
  await world.deliver(sample('leaked-access-key'));
});
afterEach(() => world.stop());

function deleteTheKey(): void {
  const file = kept.file<IamState>('iam');
  const state = file.read();
  for (const user of state.users) delete user.keys[KEY];
  file.write(state);
}
const approve = async () => {
  const { page, post } = await world.read(world.link('ana.silva', 'access key'));
  expect(page).toContain(KEY);
  await post({
    verdict: page.includes('value="approve-all"') ? 'approve-all' : 'approve',
    reason: '',
  });
};
const subjects = (word: string) =>
  world.subjectsTo('ana.silva').filter((subject) => subject.startsWith(word));
const breaker = () => world.runtime.store.breaker.find(POLICY.account);

describe('a deactivated key that its owner deletes', () => {
  test('ends on time without a page, a breaker event or another request to rotate the key', async () => {
    await approve();
    expect((await world.action(NAME)).status).toBe('in-force');
    deleteTheKey();
    await world.pass(6);
    const action = await world.action(NAME);
    expect(action.status).toBe('reversed');
    expect(isTargetGone(action)).toBe(true);
    expect(action.history.at(-1)?.text).toContain(
      `the access key ${KEY} of report-export no longer exists`,
    );
    expect(await breaker()).toBeNull();
    expect(subjects('NOT UNDONE')).toEqual([]);
    expect(subjects('Rotate the key now')).toEqual([]);
  });

  test('shows after an early undo that nothing was left to undo', async () => {
    await approve();
    deleteTheKey();
    await world.pass(4);
    const link = world.link('ana.silva', 'access key');
    await world.choose(link, { review: 'reverse' });
    const page = await (await world.open(link)).text();
    expect(page).toContain('Target deleted');
    expect(page).toContain('nothing is left to undo');
    expect(await breaker()).toBeNull();
  });
});

test('a key that was deleted before the approval is not acted on, and trips no breaker', async () => {
  deleteTheKey();
  await approve();
  expect((await world.action(NAME)).status).toBe('handed-off');
  expect(await breaker()).toBeNull();
});
