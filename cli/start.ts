// Runs everything on this machine at one URL until Ctrl-C.
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { createConsole } from '../console/console.ts';
import { createDemoSite } from '../console/demo.ts';
import type { Log } from '../functions/platform/log.ts';
import { loadPolicy, POLICIES } from '../functions/policy/load.ts';
import { analystFrom } from '../local/analyst.ts';
import { stateIn } from '../local/aws/state-file.ts';
import { createDemo, USUAL } from '../local/demo.ts';
import { movableClock } from '../local/engine/clock.ts';
import { keysIn } from '../local/mac.ts';
import { createRuntime } from '../local/runtime.ts';
import { troubleIn } from './drill/report.ts';
import type { Result } from './drill/run.ts';
import { drillAtStart } from './drill/stand-ins.ts';
import type { Out, Outcome } from './output.ts';
import { listenError } from './port.ts';

const TICK_MS = 1_000;
const testing = (done: number, all: number) => `Self-test: ${done} of ${all} actions tested`;
/** An action may have several canaries, and passes if it passed on each. */
function passedOf(drilled: readonly Result[]): string {
  const all = new Set(drilled.map(({ mechanism }) => mechanism));
  const failed = drilled.filter(({ outcome }) => outcome !== 'passed');
  const failing = new Set(failed.map(({ mechanism }) => mechanism));
  return `Self-test: ${all.size - failing.size} of ${all.size} actions passed`;
}
const DRILLS_FAILED = 'Self-test of the actions failed; see countermand.log';

/** Serves until SIGINT or SIGTERM. Resolves once the URL answers. Throws Refused when it cannot listen. */
export async function start(port: number, folder: string, out: Out): Promise<Outcome> {
  const url = `http://127.0.0.1:${port}`;
  const policy = loadPolicy(POLICIES, 'local');
  const { analyst, name } = await analystFrom(process.env, policy.analysis);
  const logFile = join(folder, 'countermand.log');
  const log: Log = (level, message, fields) =>
    appendFileSync(
      logFile,
      `${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`,
    );
  const state = stateIn(folder);
  const clock = movableClock(state('clock', 0));
  const common = { newId: randomUUID, log, webBaseUrl: url };
  let drilling: Promise<Result[]> = Promise.resolve([]);
  let selfTest = '';
  const demo = await createDemo({
    ...{ folder, policy, clock, settings: state('demo', USUAL) },
    idle: () =>
      drilling.then(
        () => {},
        () => {},
      ),
    async start(current) {
      const options = { ...common, clock, ...keysIn(folder), folder };
      const runtime = await createRuntime({ policy: current, analyst, ...options });
      // Until they have passed, the gate asks a person about every action.
      drilling = drillAtStart(current, runtime.store.drills, clock.now, (done, all) => {
        selfTest = testing(done, all);
      });
      void drilling.then(
        (drilled) => {
          selfTest = drilled.length > 0 ? passedOf(drilled) : '';
        },
        (error: unknown) => {
          selfTest = DRILLS_FAILED;
          log('error', 'self-test failed', { why: String(error) });
        },
      );
      return runtime;
    },
  });
  const site = createDemoSite({
    demo,
    appOf: (runtime) => createConsole({ runtime, analyst: name, ...common, now: clock.now }),
    drills: () => selfTest,
    webBaseUrl: url,
  });
  const server = await listening(site.fetch, port).catch(async (error: unknown) => {
    await demo.stop();
    throw error;
  });
  const ticking = setInterval(() => {
    demo.tick().catch((error: unknown) => log('error', 'tick failed', { why: String(error) }));
  }, TICK_MS);
  const stop = () => {
    clearInterval(ticking);
    server.close();
    void demo.stop().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  out.line(`Countermand runs at ${url}`);
  out.progress('Testing the actions on stand-ins ...');
  const drilled = await drilling;
  if (drilled.length > 0) out.line(passedOf(drilled));
  for (const line of troubleIn(drilled)) out.line(line);
  const passed = drilled.filter(({ outcome }) => outcome === 'passed').length;
  return {
    exitCode: 0,
    results: [{ url, data: folder, analyst: name }],
    counts: { drillsPassed: passed, drillsFailed: drilled.length - passed },
  };
}

function listening(fetch: Parameters<typeof serve>[0]['fetch'], port: number) {
  return new Promise<ReturnType<typeof serve>>((resolve, reject) => {
    const server = serve({ fetch, port, hostname: '127.0.0.1' }, () => resolve(server));
    server.once('error', (error) => reject(listenError(port, error)));
  });
}
