// The embedded engine on the deployed definitions, with a manual clock.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { manualClock } from '../../local/engine/clock.ts';
import { createExecutionLog, type ExecutionLog } from '../../local/engine/execution-log.ts';
import {
  createEngine,
  type Engine,
  type EngineEvent,
  type Functions,
} from '../../local/engine/state-machines.ts';

type Asked = { actionId: string; rung: number; taskToken: string };

const action = (actionId: string, disposition = 'approve') => ({
  incidentId: 'inc-1',
  alertId: 'alert-1',
  actionId,
  disposition,
  scope: 'waf',
  rung: 0,
  waits: [300, 600],
  waitSeconds: 300,
});
const named = (name: string, message: string) => Object.assign(new Error(message), { name });
const REVERSE = {
  incidentId: 'inc-1',
  actionId: 'act-1',
  scope: 'waf',
  cause: 'due',
  by: 'schedule',
};

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** An engine whose gate returns these actions. Each function can be replaced. */
function setUp(
  actions: object[],
  replaced: Functions = {},
  log: ExecutionLog = createExecutionLog(),
  retryIntervalMs = 0,
) {
  const clock = manualClock(new Date('2026-11-24T03:00:00Z'));
  const events: EngineEvent[] = [];
  const asked: Asked[] = [];
  const calls: string[] = [];
  const functions: Functions = {
    enrich: async (payload) => payload,
    analyse: async (payload) => payload,
    gate: async (payload) => ('actionId' in (payload as object) ? payload : { actions }),
    approve: async (payload) => void asked.push(payload as Asked),
    'execute-waf': async () => ({ status: 'in-force' }),
    'reverse-waf': async () => ({ status: 'reversed' }),
    notify: async () => null,
    close: async () => ({ closed: true }),
    ...replaced,
  };
  const counted = Object.fromEntries(
    Object.entries(functions).map(([name, run]) => [
      name,
      (payload: unknown) => {
        calls.push(name);
        return run(payload);
      },
    ]),
  );
  let ids = 0;
  const engine: Engine = createEngine({
    functions: counted,
    clock,
    newId: () => `id-${++ids}`,
    log,
    onEvent: (event) => void events.push(event),
    retryIntervalMs,
  });
  stops.push(engine.stop);
  const count = (name: string) => calls.filter((call) => call === name).length;
  const outcome = () => events.find(({ state }) => state === null);
  return { engine, clock, events, asked, calls, count, outcome };
}

describe('task tokens', () => {
  test('each parallel item has its own token, and a callback resumes only that item', async () => {
    const { engine, asked, events, count } = setUp([
      action('act-1'),
      action('act-2'),
      action('act-3'),
    ]);
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await engine.quiet();
    expect(new Set(asked.map(({ taskToken }) => taskToken)).size).toBe(3);

    const second = asked.find(({ actionId }) => actionId === 'act-2')!;
    await engine.callback(second.taskToken, { verdict: 'approved' });
    await engine.quiet();

    expect(count('execute-waf')).toBe(1);
    expect(
      events.find(({ state, type }) => state === 'execute-approved' && type === 'entered')?.item,
    ).toBe(1);
    expect(engine.waitingTokens()).toHaveLength(2);
  });

  test('an escalation step that times out starts the next one with a new token', async () => {
    const { engine, clock, asked } = setUp([action('act-1')]);
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await engine.quiet();
    clock.advance(299_000);
    await engine.quiet();
    expect(asked.map(({ rung }) => rung)).toEqual([0]);

    clock.advance(1_000);
    await engine.quiet();

    expect(asked.map(({ rung }) => rung)).toEqual([0, 1]);
    const [first, next] = asked.map(({ taskToken }) => taskToken);
    expect(next).not.toBe(first);
    await expect(engine.callback(first!, { verdict: 'approved' })).rejects.toMatchObject({
      name: 'TaskTimedOut',
    });
    await engine.callback(next!, { verdict: 'declined' });
    await engine.idle();
  });

  test('a callback is accepted while the function is still running', async () => {
    const { engine, count, outcome } = setUp([action('act-1')], {
      approve: async (payload) => {
        await engine.callback((payload as Asked).taskToken, { verdict: 'approved' });
      },
    });
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await engine.idle();
    expect(count('execute-waf')).toBe(1);
    expect(outcome()?.type).toBe('succeeded');
  });

  test('a second callback and an invented token are rejected with TaskTimedOut', async () => {
    const { engine, asked } = setUp([action('act-1')]);
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await engine.quiet();
    const { taskToken } = asked[0]!;
    await engine.callback(taskToken, { verdict: 'declined' });
    for (const token of [taskToken, 'invented'])
      await expect(engine.callback(token, { verdict: 'approved' })).rejects.toMatchObject({
        name: 'TaskTimedOut',
      });
    await engine.idle();
  });

  test('a function that throws fails its state at once, without a wait for the callback', async () => {
    const { engine, clock, count, calls } = setUp([action('act-1')], {
      approve: async () => {
        throw named('Denied', 'no');
      },
    });
    const before = clock.now();
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await engine.idle();
    expect(clock.now()).toEqual(before);
    expect(count('notify')).toBe(1);
    expect(calls.at(-1)).toBe('close');
    expect(engine.waitingTokens()).toEqual([]);
  });
});

describe('failed tasks', () => {
  test('a task that waits to be retried is settled, and not quiet', async () => {
    const run = vi.fn<Functions[string]>().mockRejectedValue(named('Throttled', 'slow down'));
    const replaced = { 'execute-waf': run };
    const { engine } = setUp([action('act-1', 'auto')], replaced, undefined, 60_000);
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await engine.quiet('settled');
    expect(run).toHaveBeenCalledTimes(1);
    expect(await Promise.race([engine.quiet(), delay(50, 'not quiet')])).toBe('not quiet');
  });

  test('a task succeeds in its third attempt after two retryable errors', async () => {
    const run = vi
      .fn<Functions[string]>()
      .mockRejectedValueOnce(named('Throttled', 'slow down'))
      .mockRejectedValueOnce(named('Conflict', 'stale lock'))
      .mockResolvedValue({ status: 'in-force' });
    const { engine, events, count, outcome } = setUp([action('act-1', 'auto')], {
      'execute-waf': run,
    });
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await engine.idle();
    expect(run).toHaveBeenCalledTimes(3);
    expect(events.filter(({ type }) => type === 'retried')).toHaveLength(2);
    expect(count('reverse-waf')).toBe(0);
    expect(outcome()?.type).toBe('succeeded');
  });

  test('a caught error has the name and the Cause that AWS would send', async () => {
    let given: unknown;
    const { engine, count } = setUp([action('act-1', 'auto')], {
      'execute-waf': async () => {
        throw named('NotVerified', 'it is not there');
      },
      'reverse-waf': async (payload) => {
        given = payload;
        return { status: 'reversed' };
      },
    });
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await engine.idle();
    expect(count('execute-waf')).toBe(1);
    const { failure } = given as { failure: { Error: string; Cause: string } };
    expect(failure.Error).toBe('NotVerified');
    expect(JSON.parse(failure.Cause)).toMatchObject({
      errorType: 'NotVerified',
      errorMessage: 'it is not there',
    });
  });

  test('a time-out is not retried, because States.TaskFailed does not match it', async () => {
    const { engine, clock, count, outcome } = setUp([], { close: () => new Promise(() => {}) });
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await vi.waitFor(() => expect(count('close')).toBe(1));
    clock.advance(40_000);
    await engine.idle();
    expect(count('close')).toBe(1);
    expect(outcome()).toMatchObject({ type: 'failed', error: { name: 'States.Timeout' } });
  });

  test('a time limit below one second fails the execution without Catch, as in AWS', async () => {
    const { engine, count, outcome } = setUp([{ ...action('act-1'), waitSeconds: 0 }]);
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await engine.idle();
    expect(outcome()).toMatchObject({ type: 'failed', error: { name: 'States.Runtime' } });
    expect(count('close')).toBe(0);
  });

  test('an item that ends the execution invalidates the tokens of the others and stops retries', async () => {
    const bad = { ...action('act-1'), waitSeconds: 0 };
    const throttled = Promise.withResolvers<never>();
    const { engine, asked, count } = setUp([action('act-2'), action('act-3', 'auto'), bad], {
      'execute-waf': () => throttled.promise,
    });
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await engine.idle();
    throttled.reject(named('Throttled', 'slow down'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(count('execute-waf')).toBe(1);
    await expect(
      engine.callback(asked[0]!.taskToken, { verdict: 'approved' }),
    ).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });
});

describe('payloads', () => {
  test('a payload passes between functions as JSON, so that a date arrives as text', async () => {
    let closed: unknown;
    const { engine } = setUp([], {
      enrich: async (payload) => ({ ...(payload as object), at: new Date(0), gone: undefined }),
      gate: async () => ({ actions: [], at: new Date(0), gone: undefined }),
      close: async (payload) => {
        closed = payload;
        return undefined;
      },
    });
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await engine.idle();
    expect(closed).toStrictEqual({ actions: [], at: '1970-01-01T00:00:00.000Z' });
  });
});

describe('execution names', () => {
  test('an execution with the same name and input runs once, even after it has ended', async () => {
    const { engine, count } = setUp([]);
    engine.start('reverse', 'undo-1', REVERSE);
    engine.start('reverse', 'undo-1', REVERSE);
    await engine.idle();
    engine.start('reverse', 'undo-1', REVERSE);
    await engine.idle();
    expect(count('reverse-waf')).toBe(1);
  });

  test('a name with another input is refused, but is free in another state machine', async () => {
    const { engine } = setUp([]);
    engine.start('reverse', 'one', REVERSE);
    expect(() => engine.start('reverse', 'one', { ...REVERSE, actionId: 'act-2' })).toThrow(
      expect.objectContaining({ name: 'ExecutionAlreadyExists' }),
    );
    engine.start('respond', 'one', { incidentId: 'inc-1' });
    await engine.idle();
  });
});

describe('stop and resume', () => {
  test('an interrupted execution runs again from its start, and a finished one does not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'engine-'));
    try {
      const path = join(folder, 'executions.jsonl');
      const first = setUp([action('act-1')], {}, createExecutionLog(path));
      first.engine.start('reverse', 'undo-1', REVERSE);
      await first.engine.idle();
      first.engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
      await first.engine.quiet();
      await first.engine.stop();

      const second = setUp([action('act-1')], {}, createExecutionLog(path));
      second.engine.resume();
      await second.engine.quiet();
      expect(second.calls).toEqual(['enrich', 'analyse', 'gate', 'approve']);
      await second.engine.callback(second.asked[0]!.taskToken, { verdict: 'approved' });
      await second.engine.idle();

      const third = setUp([], {}, createExecutionLog(path));
      third.engine.resume();
      third.engine.start('reverse', 'undo-1', REVERSE);
      await third.engine.idle();
      expect(third.calls).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('resume does not start an execution that is already running', async () => {
    const { engine, count } = setUp([]);
    engine.start('reverse', 'undo-1', REVERSE);
    engine.resume();
    await engine.idle();
    expect(count('reverse-waf')).toBe(1);
  });

  test('a failed check pages no one, and a failed reversal does', async () => {
    const fails = async () => {
      throw named('TypeError', 'broken');
    };
    const { engine, count } = setUp([], { 'reverse-waf': fails });
    engine.start('reverse', 'look', { ...REVERSE, cause: 'check', by: 'sweep' });
    await engine.idle();
    expect([count('reverse-waf'), count('notify')]).toEqual([1, 0]);
    engine.start('reverse', 'undo', REVERSE);
    await engine.idle();
    expect(count('notify')).toBe(1);
  });

  test('a pending retry is dropped when the engine stops', async () => {
    const run = vi.fn<Functions[string]>().mockRejectedValue(named('Throttled', 'slow down'));
    const { engine, events } = setUp([], { 'reverse-waf': run }, undefined, 3_600_000);
    engine.start('reverse', 'undo-1', REVERSE);
    await vi.waitFor(() => expect(events.at(-1)?.type).toBe('failed'));
    await engine.stop();
    await new Promise((resolve) => setImmediate(resolve));
    expect(run).toHaveBeenCalledOnce();
    expect(engine.running()).toBe(0);
  });

  test('a function that returns after the stop changes nothing', async () => {
    const answer = Promise.withResolvers<object>();
    const log = createExecutionLog();
    const { engine, count } = setUp([], { 'reverse-waf': () => answer.promise }, log);
    engine.start('reverse', 'undo-1', REVERSE);
    await vi.waitFor(() => expect(count('reverse-waf')).toBe(1));
    await engine.stop();
    answer.resolve({ status: 'reversal-failed' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(count('notify')).toBe(0);
    expect(log.unfinished()).toHaveLength(1);
  });
});

test('an execution that waits for a person keeps no output of earlier tasks', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  const { engine } = setUp([action('act-1')], {
    enrich: async (payload) => ({ ...(payload as object), brief: 'x'.repeat(2 ** 20) }),
  });
  const before = used();
  for (let n = 0; n < 20; n++) engine.start('respond', `one-${n}`, { incidentId: 'inc-1', n });
  await engine.quiet();
  expect(engine.waitingTokens()).toHaveLength(20);
  expect(used() - before).toBeLessThan(10);
});

describe('quiet', () => {
  test('quiet waits for functions and retries, but not for callbacks', async () => {
    const turns = async () => {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    };
    let failures = 2;
    const { engine, asked } = setUp(
      [action('act-1'), action('act-2', 'auto')],
      {
        analyse: async (payload) => {
          await turns();
          return payload;
        },
        'execute-waf': async () => {
          await turns();
          if (failures-- > 0) throw named('Throttled', 'slow down');
        },
      },
      undefined,
      5,
    );
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await engine.quiet();
    expect(failures).toBe(-1);
    expect(asked).toHaveLength(1);
    expect(engine.running()).toBe(1);
  });
});

describe('events', () => {
  test('events list the states in order and the outcome last', async () => {
    const { engine, events } = setUp([action('act-1', 'auto')]);
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await engine.idle();
    const entered = events.filter(({ type }) => type === 'entered').map(({ state }) => state);
    expect(entered).toEqual([
      'enrich',
      'analyse',
      'what-next',
      'gate',
      'each-action',
      'by-disposition',
      'execute',
      'close',
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'succeeded', state: null });
  });

  test('a round of questions adds two transitions and two calls, and no second round follows', async () => {
    const questions = [{ ask: 'related-alerts', about: 'ip-1' }];
    const { engine, events, calls } = setUp([action('act-1', 'auto')], {
      analyse: async (payload) => ({ ...(payload as object), questions }),
    });
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await engine.idle();
    const entered = events.filter(({ type }) => type === 'entered').map(({ state }) => state);
    expect(entered.slice(0, 6)).toEqual([
      ...['enrich', 'analyse', 'what-next', 'enrich-questions', 'analyse-answers', 'gate'],
    ]);
    expect(entered).toHaveLength(10);
    expect(calls.slice(0, 5)).toEqual(['enrich', 'analyse', 'enrich', 'analyse', 'gate']);
  });

  test.each(['enrich', 'analyse'])(
    'a closed finding ends its requests even if %s crashes',
    async (name) => {
      const { engine, events } = setUp([], { [name]: () => Promise.reject(new Error('down')) });
      engine.start('respond', 'alert-1-closed', {
        incidentId: 'inc-1',
        alertId: 'al-1',
        closed: true,
      });
      await engine.idle();
      const entered = events.filter(({ type }) => type === 'entered').map(({ state }) => state);
      expect(entered).toContain('approve-closed');
      expect(entered).not.toContain('gate');
    },
  );

  test('the gate decides on the first answer if nothing can be looked up', async () => {
    const decided: unknown[] = [];
    let calls = 0;
    const { engine } = setUp([], {
      enrich: async (payload) => {
        if (++calls === 2) throw new Error('down');
        return payload;
      },
      analyse: async () => ({ incidentId: 'inc-1', assessment: 'first', questions: [{}] }),
      gate: async (payload) => {
        decided.push(payload);
        return { actions: [] };
      },
    });
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await engine.idle();
    expect(decided).toMatchObject([{ assessment: 'first' }]);
  });

  test('two automatic actions take at most ten state transitions', async () => {
    const { engine, events } = setUp([action('act-1', 'auto'), action('act-2', 'auto')]);
    engine.start('respond', 'alert-1', { incidentId: 'inc-1' });
    await engine.idle();
    expect(events.filter(({ type }) => type === 'entered').length).toBeLessThanOrEqual(10);
  });
});
