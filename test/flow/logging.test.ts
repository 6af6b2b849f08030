// More logging, from the finding to the setting that was there before.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NOW, POLICY } from '../fixtures/case.ts';
import { createWorld, sample, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.stop());

describe('a function that calls a command server', () => {
  const untouched = { LogFormat: 'Text', LogGroup: '/aws/lambda/shop-resize-images' };
  const logging = () => world.runtime.functionsInAws()['shop-resize-images']?.logging;
  const action = () => world.action('increase_logging_verbosity');

  test('is logged at DEBUG at once, and logs as before when the time is over', async () => {
    expect(logging()).toEqual(untouched);
    await world.deliver(sample('function-calls-out'));
    expect(logging()).toMatchObject({ LogFormat: 'JSON', ApplicationLogLevel: 'DEBUG' });
    expect((await action()).status).toBe('in-force');
    await world.pass(4.5);
    expect(logging()).toMatchObject({ ApplicationLogLevel: 'DEBUG' });
    await world.pass(1);
    expect(logging()).toEqual(untouched);
    expect((await action()).status).toBe('reversed');
  });

  test('waits for a person where the switch says so, and is logged after the yes', async () => {
    await world.runtime.store.killSwitch.set(POLICY.account, {
      mode: 'ask',
      by: 'person:mei.tanaka',
      at: NOW.toISOString(),
      why: 'too many alerts',
    });
    await world.deliver(sample('function-calls-out'));
    expect(logging()).toEqual(untouched);
    await world.approve('ana.silva', 'Log the function');
    expect((await action()).status).toBe('in-force');
    await world.pass(6);
    expect(logging()).toEqual(untouched);
  });

  test('shows how to undo it by hand, with the setting that was there', async () => {
    await world.deliver(sample('function-calls-out'));
    expect((await action()).description?.manualUndo).toEqual([
      expect.stringContaining(`--logging-config '${JSON.stringify(untouched)}'`),
    ]);
  });
});

describe('a host that mines coins', () => {
  const INTERFACE = 'eni-0f1e2d3c4b5a69785';
  const recorded = () => world.runtime.flowLogs().map(({ resourceId }) => resourceId);
  const action = () => world.action('increase_logging_verbosity');

  test('has its flows recorded at once, by a flow log that is deleted when the time is over', async () => {
    await world.deliver(sample('mining'));
    const { actionId, status, parameters, description } = await action();
    expect({ status, parameters }).toEqual({
      status: 'in-force',
      parameters: { interfaceId: INTERFACE },
    });
    expect(description?.headline).toContain(INTERFACE);
    expect(world.runtime.flowLogs()).toMatchObject([
      {
        resourceId: INTERFACE,
        tags: expect.arrayContaining([expect.objectContaining({ Value: actionId })]),
      },
    ]);
    await world.pass(4.5);
    expect(recorded()).toEqual([INTERFACE]);
    await world.pass(1);
    expect(recorded()).toEqual([]);
    expect((await action()).status).toBe('reversed');
  });

  test('waits for a person where the switch says so, and is recorded after the yes', async () => {
    await world.runtime.store.killSwitch.set(POLICY.account, {
      mode: 'ask',
      by: 'person:mei.tanaka',
      at: NOW.toISOString(),
      why: 'too many alerts',
    });
    await world.deliver(sample('mining'));
    expect(recorded()).toEqual([]);
    await world.approve('ana.silva', 'Record the network flows');
    expect(recorded()).toEqual([INTERFACE]);
    await world.pass(6);
    expect(recorded()).toEqual([]);
  });
});
