// npm start: everything on this machine, at one address, until Ctrl-C.
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { createConsole } from '../console/console.ts';
import type { Log } from '../functions/platform/log.ts';
import { loadPolicy, POLICIES } from '../functions/policy/load.ts';
import { analystFrom } from '../local/analyst.ts';
import { claimDirectory } from '../local/data-directory.ts';
import { systemClock } from '../local/engine/clock.ts';
import { keysIn } from '../local/mac.ts';
import { createRuntime } from '../local/runtime.ts';
import { countsOf, troubleIn } from './drill/report.ts';
import { drillAtStart } from './drill/stand-ins.ts';

const TICK_MS = 1_000;

/** One line about what is wrong, and the end. */
function fail(message: string): never {
  console.error(`countermand: ${message}`);
  process.exit(1);
}

const PORT_FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EACCES: 'is not open to this user',
};

const port = Number(process.env.PORT ?? 8420);
if (!Number.isInteger(port) || port < 1 || port > 65_535)
  fail(`PORT must be a number from 1 to 65535, and is "${process.env.PORT}"`);
const folder = process.env.COUNTERMAND_DATA ?? '.data';
const url = `http://127.0.0.1:${port}`;

try {
  claimDirectory(folder);
  const policy = loadPolicy(POLICIES, 'local');
  const { analyst, name } = analystFrom(process.env);
  const logFile = join(folder, 'countermand.log');
  const log: Log = (level, message, fields) =>
    appendFileSync(
      logFile,
      `${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`,
    );
  const runtime = await createRuntime({
    policy,
    analyst,
    clock: systemClock,
    newId: randomUUID,
    log,
    webBaseUrl: url,
    ...keysIn(folder),
    folder,
  });
  const drilled = await drillAtStart(policy, runtime.store.drills, systemClock.now);
  const app = createConsole({
    runtime,
    policy,
    analyst: name,
    webBaseUrl: url,
    now: systemClock.now,
    newId: randomUUID,
    log,
  });
  const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => {
    console.log(`Countermand runs at ${url}`);
    if (drilled.length > 0) console.log(`Drilled on stand-ins: ${countsOf(drilled, [])}`);
    for (const line of troubleIn(drilled)) console.log(line);
  });
  server.on('error', (error: NodeJS.ErrnoException) =>
    fail(
      PORT_FAULTS[error.code ?? '']
        ? `port ${port} ${PORT_FAULTS[error.code ?? '']}; choose another with PORT=8421 npm start`
        : error.message,
    ),
  );
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
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
