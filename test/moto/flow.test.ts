// The deployed state machines on the embedded engine and on moto's.
import { readFileSync } from 'node:fs';
import {
  CreateStateMachineCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { Denied, Throttled } from '../../functions/domain/errors.ts';
import { SCOPES } from '../../functions/mechanisms/registry.ts';
import { createEngine, type Engine, type EngineDeps } from '../../local/engine/state-machines.ts';
import { createWorld, sample, type World } from '../flow/world.ts';
import { type Moto, startMotoWithLambdas } from './moto-server.ts';

/** Real seconds, because moto's engine has no other clock. */
const STEP_SECONDS = 1;

type Handlers = Record<string, (payload: unknown) => Promise<unknown>>;
const current: Handlers = {};
let moto: Moto;
let sfn: SFNClient;
const machines: Record<string, string> = {};

beforeAll(async () => {
  const names = ['enrich', 'analyse', 'gate', 'approve', 'notify', 'close'];
  for (const scope of SCOPES) names.push(`execute-${scope}`, `reverse-${scope}`);
  const handlers = names.map((name) => [
    name,
    async (payload: unknown) => (await current[name]?.(payload)) ?? null,
  ]);
  moto = await startMotoWithLambdas(Object.fromEntries(handlers));
  sfn = new SFNClient(moto.clientConfig);
  for (const name of ['respond', 'reverse']) {
    const url = new URL(`../../statemachines/${name}.asl.json`, import.meta.url);
    const definition = readFileSync(url, 'utf8').replaceAll('$'.concat('{FunctionPrefix}'), '');
    const roleArn = 'arn:aws:iam::123456789012:role/any';
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({ name, definition, roleArn }),
    );
    machines[name] = stateMachineArn ?? '';
  }
});
afterAll(async () => {
  sfn?.destroy();
  await moto?.stop();
});

/** moto's engine behind the interface of the embedded one. */
let worlds = 0;
function motoEngine({ functions }: EngineDeps): Engine {
  /** Each test is an account of its own on one moto. */
  const prefix = `w${++worlds}-`;
  return {
    start(machine, name, input) {
      Object.assign(current, functions);
      void sfn.send(
        new StartExecutionCommand({
          stateMachineArn: machines[machine] ?? '',
          name: `${prefix}${name}`,
          input: JSON.stringify(input),
        }),
      );
    },
    async callback(taskToken, output) {
      await sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
    },
    resume() {},
    idle: async () => {},
    quiet: async () => {},
    running: () => 0,
    waitingTokens: () => [],
    stop: async () => {},
  };
}

const engines = { embedded: createEngine, moto: motoEngine };

/** Every escalation step lasts a second, so that the full escalation policy fits into a test. */
function hurry(world: World): void {
  const { functions } = world.runtime;
  const { gate } = functions;
  functions.gate = async (payload) => {
    const routed = (await gate?.(payload)) as { actions?: { waits: number[] }[] };
    return routed.actions
      ? {
          ...routed,
          actions: routed.actions.map((action) => ({
            ...action,
            waits: action.waits.map(() => STEP_SECONDS),
            waitSeconds: STEP_SECONDS,
          })),
        }
      : routed;
  };
}

describe.each(['embedded', 'moto'] as const)('on the %s engine', (engine) => {
  const run = async (
    event: string,
    during: (world: World) => Promise<void> = async () => {},
    slow = false,
  ) => {
    const world = await createWorld({ engine: engines[engine], realTime: true });
    try {
      if (!slow) hurry(world);
      await during(world);
      await world.deliver(sample(event));
      return world;
    } catch (error) {
      await world.stop();
      throw error;
    }
  };
  /** The statuses of an incident's actions and its outcome, once it is closed. */
  const ended = async (world: World) => {
    await expect
      .poll(async () => (await world.incidents())[0]?.status, { timeout: 25_000, interval: 50 })
      .toBe('closed');
    const [incident] = await world.incidents();
    const actions = await world.actions();
    await world.stop();
    return {
      outcome: incident?.outcome,
      ...Object.fromEntries(actions.map(({ name, status }) => [name, status])),
    };
  };
  /** Waits until the person was asked and every request of the alert has its token, because they share one message. */
  const asked = async (world: World, person: string) => {
    const poll = { timeout: 15_000, interval: 20 };
    await expect.poll(() => world.subjectsTo(person).length, poll).toBeGreaterThan(0);
    await expect
      .poll(async () => (await world.actions()).filter(doesNotYetWait).length, poll)
      .toBe(0);
  };
  const doesNotYetWait = ({ status, approval }: Action) =>
    status === 'awaiting-approval' && !approval?.taskToken;

  test('puts the block in force after approval', async () => {
    const world = await run('web-port-probe', async () => {}, true);
    await asked(world, 'ana.silva');
    await world.approve('ana.silva');
    expect(await ended(world)).toEqual({
      outcome: 'acted',
      add_ip_to_watchlist: 'in-force',
      block_ip_at_firewall: 'in-force',
      create_alert_ticket: 'kept',
    });
  });

  test('declines the block after a decline', async () => {
    const world = await run('web-port-probe', async () => {}, true);
    await asked(world, 'ana.silva');
    await world.decline('ana.silva');
    expect(await ended(world)).toMatchObject({
      outcome: 'recommended-not-executed',
      block_ip_at_firewall: 'declined',
    });
  });

  test('puts the block in force when the second person approves after the first step timed out', async () => {
    const world = await run('ssh-brute-force');
    await asked(world, 'ben.okafor');
    await world.approve('ben.okafor');
    expect(await ended(world)).toMatchObject({
      outcome: 'acted',
      block_ip_at_firewall: 'in-force',
    });
  });

  test('expires the request when every escalation step times out', async () => {
    const world = await run('web-port-probe');
    expect(await ended(world)).toEqual({
      outcome: 'recommended-not-executed',
      add_ip_to_watchlist: 'in-force',
      block_ip_at_firewall: 'expired',
      create_alert_ticket: 'kept',
    });
  });

  test('hands off the isolation of a host, and only opens a ticket', async () => {
    const world = await run('mining');
    expect(await ended(world)).toMatchObject({
      outcome: 'handed-off',
      isolate_production_host: 'handed-off',
      create_alert_ticket: 'kept',
    });
  });

  const failing = (times: number, error: Error) => async (world: World) => {
    const real = world.runtime.functions['execute-waf'];
    let calls = 0;
    world.runtime.functions['execute-waf'] = async (payload) => {
      if (calls++ < times) throw error;
      return real?.(payload);
    };
  };

  test('puts the watch in force when the executor fails twice and then succeeds', async () => {
    const world = await run('web-port-probe', failing(2, new Throttled('slow down')));
    expect(await ended(world)).toMatchObject({ add_ip_to_watchlist: 'in-force' });
  });

  test('closes the incident as failed when the executor fails permanently', async () => {
    const world = await run('web-port-probe', failing(100, new Denied('no permission')));
    expect(await ended(world)).toMatchObject({ outcome: 'failed', add_ip_to_watchlist: 'failed' });
  });
});
