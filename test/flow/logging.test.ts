// Verbose logging for a limited time: from the finding to the restored setting.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NOW, POLICY } from '../fixtures/case.ts';
import { createWorld, sample, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.stop());

describe('a function that calls a command-and-control server', () => {
  const untouched = { LogFormat: 'Text', LogGroup: '/aws/lambda/shop-resize-images' };
  const logging = () => world.runtime.functionsInAws()['shop-resize-images']?.logging;
  const action = () => world.action('increase_logging_verbosity');

  test('sets DEBUG logging at once, and restores the setting when the time is over', async () => {
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

  test('sets DEBUG logging only after approval while the kill switch is set to ask', async () => {
    await world.runtime.store.killSwitch.halt(POLICY.account, {
      mode: 'ask',
      by: 'person:mei.tanaka',
      at: NOW.toISOString(),
      why: 'too many alerts',
    });
    await world.deliver(sample('function-calls-out'));
    expect(logging()).toEqual(untouched);
    await world.approve('ana.silva', 'log level');
    expect((await action()).status).toBe('in-force');
    await world.pass(6);
    expect(logging()).toEqual(untouched);
  });

  test('shows the manual undo command with the captured setting', async () => {
    await world.deliver(sample('function-calls-out'));
    expect((await action()).description?.manualUndo).toEqual([
      expect.stringContaining(`--logging-config '${JSON.stringify(untouched)}'`),
    ]);
  });
});

describe('a host that mines cryptocurrency', () => {
  const INTERFACE = 'eni-0f1e2d3c4b5a69785';
  const recorded = () => world.runtime.flowLogs().map(({ resourceId }) => resourceId);
  const action = () => world.action('increase_logging_verbosity');

  test('creates a flow log at once, and deletes it when the time is over', async () => {
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

  test('creates the flow log only after approval while the kill switch is set to ask', async () => {
    await world.runtime.store.killSwitch.halt(POLICY.account, {
      mode: 'ask',
      by: 'person:mei.tanaka',
      at: NOW.toISOString(),
      why: 'too many alerts',
    });
    await world.deliver(sample('mining'));
    expect(recorded()).toEqual([]);
    await world.approve('ana.silva', 'Turn on flow logs');
    expect(recorded()).toEqual([INTERFACE]);
    await world.pass(6);
    expect(recorded()).toEqual([]);
  });
});
