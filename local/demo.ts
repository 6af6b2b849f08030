// The demo on a laptop: moves time on demand, and switches two settings.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StateFile } from '../functions/mechanisms/stand-in.ts';
import type { Policy } from '../functions/policy/policy.ts';
import { digestOf } from '../functions/store/hash-chain.ts';
import type { MovableClock } from './engine/clock.ts';
import type { Runtime } from './runtime.ts';

/** The settings of the demo bar. */
export type DemoSettings = { shadow: boolean; twoApprovers: boolean };
export const USUAL: DemoSettings = { shadow: false, twoApprovers: false };

/** Applies the settings. A changed policy has a version of its own. */
export function policyWith(policy: Policy, { shadow, twoApprovers }: DemoSettings): Policy {
  if (!shadow && !twoApprovers) return policy;
  const actions = Object.entries(policy.actions).map(([name, action]) => [
    name,
    twoApprovers && action.tier === 2
      ? { ...action, approval: { ...action.approval, required: 2 } }
      : action,
  ]);
  const changed = {
    ...policy,
    mode: shadow ? ('shadow' as const) : policy.mode,
    actions: Object.fromEntries(actions) as Policy['actions'],
  };
  return { ...changed, version: digestOf(changed).slice(0, 12) };
}

export type Demo = {
  /** The runtime under the current settings. */
  runtime(): Runtime;
  settings(): DemoSettings;
  now(): Date;
  /** Moves time one hour ahead, and runs everything that becomes due in it. */
  passHour(): Promise<void>;
  /** Moves time to the next escalation, reminder, undo or deadline. False if nothing is due. */
  passToNext(): Promise<boolean>;
  set(settings: DemoSettings): Promise<void>;
  /** Deletes all data and restarts. */
  reset(): Promise<void>;
  /** The periodic work. Does nothing while the demo restarts or moves time. */
  tick(): Promise<void>;
  stop(): Promise<void>;
};

export type DemoDeps = {
  folder: string;
  policy: Policy;
  clock: MovableClock;
  settings: StateFile<DemoSettings>;
  start: (policy: Policy) => Promise<Runtime>;
  /** Resolves when nothing that `start` began still uses the runtime. */
  idle: () => Promise<void>;
};

/** Maximum number of events in one move, more than any hour of a demo has. */
const MOST_EVENTS = 500;

export async function createDemo(deps: DemoDeps): Promise<Demo> {
  const { clock, settings } = deps;
  let runtime = await deps.start(policyWith(deps.policy, settings.read()));
  let work: Promise<unknown> = Promise.resolve();
  /** One change at a time: a press waits for the one before it. */
  let pending = 0;
  const alone = async <T>(change: () => Promise<T>): Promise<T> => {
    pending++;
    const next = work.then(change, change);
    work = next.catch(() => {});
    return next.finally(() => pending--);
  };

  /** The next wait of the state machine or schedule. Housekeeping does not count. */
  const nextDue = (): Date | null => {
    const times = [clock.next(), runtime.nextSchedule()].flatMap((time) => time ?? []);
    return times.sort((a, b) => a.getTime() - b.getTime())[0] ?? null;
  };
  const settle = async () => {
    await runtime.engine.quiet();
    await runtime.tick();
    await runtime.engine.quiet();
  };
  async function passUntil(end: Date): Promise<void> {
    for (let i = 0; i < MOST_EVENTS && clock.now() < end; i++) {
      const next = nextDue();
      clock.moveTo(next && next < end && next > clock.now() ? next : end);
      await settle();
    }
  }
  async function restart(change: () => void): Promise<void> {
    await deps.idle();
    await runtime.stop();
    change();
    runtime = await deps.start(policyWith(deps.policy, settings.read()));
  }

  return {
    runtime: () => runtime,
    settings: () => settings.read(),
    now: clock.now,
    passHour: () => alone(() => passUntil(new Date(clock.now().getTime() + 3_600_000))),
    passToNext: () =>
      alone(async () => {
        const next = nextDue();
        if (!next) return false;
        // One second later, so that the event has become due.
        await passUntil(new Date(Math.max(next.getTime(), clock.now().getTime()) + 1_000));
        return true;
      }),
    set: (next) => alone(() => restart(() => settings.write(next))),
    reset: () =>
      alone(() =>
        restart(() => {
          for (const name of readdirSync(deps.folder))
            rmSync(join(deps.folder, name), { recursive: true });
          clock.reset();
          settings.write(USUAL);
        }),
      ),
    tick: async () => {
      if (pending === 0) await alone(() => runtime.tick());
    },
    stop: () =>
      alone(async () => {
        await deps.idle();
        await runtime.stop();
      }),
  };
}
