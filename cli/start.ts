// Runs everything on this machine at one URL until Ctrl-C.
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { createConsole } from '../console/console.ts';
import type { Log } from '../functions/platform/log.ts';
import { loadPolicy, POLICIES } from '../functions/policy/load.ts';
import { analystFrom } from '../local/analyst.ts';
import { systemClock } from '../local/engine/clock.ts';
import { keysIn } from '../local/mac.ts';
import { createRuntime } from '../local/runtime.ts';
import { countsOf, troubleIn } from './drill/report.ts';
import { drillAtStart } from './drill/stand-ins.ts';
import type { Out, Outcome } from './output.ts';
import { listenError } from './port.ts';

const TICK_MS = 1_000;

/** Serves until SIGINT or SIGTERM. Resolves once the URL answers. Throws Refused when it cannot listen. */
export async function start(port: number, folder: string, out: Out): Promise<Outcome> {
  const url = `http://127.0.0.1:${port}`;
  const policy = loadPolicy(POLICIES, 'local');
  const { analyst, name } = analystFrom(process.env);
  const logFile = join(folder, 'countermand.log');
  const log: Log = (level, message, fields) =>
    appendFileSync(
      logFile,
      `${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`,
    );
  const common = { clock: systemClock, newId: randomUUID, log, webBaseUrl: url };
  const runtime = await createRuntime({ policy, analyst, ...common, ...keysIn(folder), folder });
  out.progress('Testing the actions on stand-ins ...');
  const drilled = await drillAtStart(policy, runtime.store.drills, systemClock.now);
  const app = createConsole({ runtime, policy, analyst: name, ...common, now: systemClock.now });
  const server = await listening(app.fetch, port).catch(async (error: unknown) => {
    await runtime.stop();
    throw error;
  });
  const ticking = setInterval(() => {
    runtime.tick().catch((error: unknown) => log('error', 'tick failed', { why: String(error) }));
  }, TICK_MS);
  const stop = () => {
    clearInterval(ticking);
    server.close();
    void runtime.stop().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  out.line(`Countermand runs at ${url}`);
  if (drilled.length > 0) out.line(`Self-test of the actions: ${countsOf(drilled, [])}`);
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
