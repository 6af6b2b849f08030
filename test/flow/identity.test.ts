// Disabling users and keys: from the finding through approval to the undo.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorld, sample, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.stop());

const works = (name: string) =>
  world.runtime.identities().find((identity) => identity.name === name)?.works;

/** Approves every open request of the person on call. */
/** Everything that the newest page asks. */
async function approveAll() {
  const { page, post } = await world.read(world.link('ana.silva'));
  const isAboutSeveral = page.includes('name="ticked"');
  if (!isAboutSeveral) return post({ verdict: 'approve', reason: '' });
  return post({ verdict: 'approve-all', reason: '' });
}

describe.each([
  {
    what: 'an IAM user and an access key',
    from: 'leaked-access-key',
    actions: ['disable_user_account_temporarily', 'revoke_api_key'],
    cutOff: ['report-export', 'AKIAIOSFODNN7EXAMPLE'],
  },
  {
    what: 'a user of a pool',
    from: 'account-takeover',
    actions: ['disable_user_account_temporarily'],
    cutOff: ['customer-4711'],
  },
  {
    what: 'an API key',
    from: 'api-key-abuse',
    actions: ['revoke_api_key'],
    cutOff: ['k4partner9'],
  },
])('$what', ({ from, actions, cutOff }) => {
  const asIs = () => world.runtime.identities();

  test('leaves the identity enabled until a person approves', async () => {
    await world.deliver(sample(from));
    for (const name of cutOff) expect(works(name)).toBe(true);
    for (const name of actions) expect((await world.action(name)).status).toBe('awaiting-approval');
  });

  test('disables exactly the named identities after approval, and enables them when the time is over', async () => {
    const before = asIs();
    await world.deliver(sample(from));
    await approveAll();
    const after = asIs();
    expect(after.filter(({ works }) => !works).map(({ name }) => name)).toEqual(cutOff);
    await world.pass(4.5);
    expect(asIs()).toEqual(after);
    await world.pass(1);
    expect(asIs(), 'within 60 s of the due time').toEqual(before);
    for (const name of actions) expect((await world.action(name)).status).toBe('reversed');
  });

  test('changes no identity after a decline', async () => {
    const before = asIs();
    await world.deliver(sample(from));
    await world.decline('ana.silva');
    await world.pass(16);
    expect(asIs()).toEqual(before);
  });
});

describe('a compromised API key', () => {
  const received = (word: string) =>
    world.subjectsTo('ana.silva').filter((subject) => subject.startsWith(word));

  test('warns the approver before the key is enabled again, and sends the steps to rotate it afterwards', async () => {
    await world.deliver(sample('api-key-abuse'));
    await world.approve('ana.silva');
    await world.pass(4);
    expect(received('Disabled the API Gateway key k4partner9; it is undone at')).toHaveLength(1);
    expect(received('Rotate API key')).toEqual([]);
    await world.pass(30);
    expect(received('Rotate API key')).toEqual(['Rotate API key k4partner9 now: it works again']);
    const [{ message } = {}] = world.runtime
      .inbox()
      .filter(({ message: { subject } }) => subject.startsWith('Rotate API key'));
    expect(message?.paragraphs.join('\n')).toContain('k4partner9 is enabled');
    expect(message?.steps.flatMap(({ lines }) => lines).join('\n')).toContain(
      'aws apigateway create-api-key',
    );
  });

  test('keeps the key disabled after a keep decision, and shows that its owner needs a new key', async () => {
    await world.deliver(sample('api-key-abuse'));
    await world.approve('ana.silva');
    await world.pass(4);
    const page = await world.choose(world.link('ana.silva'), { review: 'keep' });
    expect(await page.text()).toContain('The owner needs a new key');
    await world.pass(10);
    expect(works('k4partner9')).toBe(false);
    expect(received('Rotate API key')).toEqual([]);
  });
});
