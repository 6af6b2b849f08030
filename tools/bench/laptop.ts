// Memory and response times of npm start while it handles many alerts.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Out } from '../../cli/output.ts';
import { freshEvent, loadSamples } from '../../local/samples.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { Figure } from './figure.ts';

const ALERTS = 1_000;
const PORT = 8499;
const URL_OF_SITE = `http://127.0.0.1:${PORT}`;
/** Alerts between two views of the pages. */
const VIEWED_EVERY = 20;
const VIEWS_AFTER = 30;
const VIEW_AGAIN_MS = 500;
const STARTS_WITHIN_MS = 30_000;
const ROOT = join(import.meta.dirname, '../..');
/** The arguments of `npm start`, which limit the memory of V8. */
const [, ...START] = packageJson.scripts.start.split(' ');

export async function laptop(out: Out): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'countermand-bench-'));
  const began = performance.now();
  const env = { ...process.env, COUNTERMAND_DATA: join(folder, 'data'), PORT: `${PORT}` };
  const launch = () => spawn(process.execPath, START, { cwd: ROOT, env, stdio: 'ignore' });
  let server = launch();
  try {
    await answering();
    const firstPage = performance.now() - began;
    const measured = await feed(server.pid ?? 0, out);
    await stopped(server);
    server = launch();
    await answering();
    const restarted = await viewAgain(server.pid ?? 0);
    const figures = [
      { measure: 'first page', value: firstPage, unit: 'ms' },
      ...measured,
      ...restarted,
    ];
    for (const { measure, value, unit } of figures)
      out.line(`${measure}: ${value.toFixed(0)} ${unit}`);
    out.line('');
    return figures;
  } finally {
    await stopped(server);
    rmSync(folder, { recursive: true });
  }
}

async function stopped(server: ChildProcess): Promise<void> {
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await ended;
}

async function answering(): Promise<void> {
  const until = performance.now() + STARTS_WITHIN_MS;
  while (!(await fetch(URL_OF_SITE).catch(() => null))?.ok) {
    if (performance.now() > until) throw new Error(`no answer at ${URL_OF_SITE}`);
    await delay(20);
  }
}

async function feed(pid: number, out: Out): Promise<Figure[]> {
  const samples = loadSamples();
  const during: Times = new Map();
  const after: Times = new Map();
  let most = 0;
  const from = performance.now();
  for (let n = 0; n < ALERTS; n++) {
    const sample = samples[n % samples.length];
    if (!sample) throw new Error('there are no samples');
    await send(
      distinct(freshEvent(sample, randomUUID, new Date()), Math.floor(n / samples.length)),
    );
    if (n % VIEWED_EVERY > 0) continue;
    most = Math.max(most, memoryOf(pid));
    await viewAll(during);
    out.progress(`${n} alerts ...`);
  }
  const seconds = (performance.now() - from) / 1_000;
  for (let n = 0; n < VIEWS_AFTER; n++) await viewAll(after);
  return [
    { measure: 'time per alert', value: (seconds / ALERTS) * 1_000, unit: 'ms' },
    { measure: 'memory during', value: most, unit: 'MB' },
    { measure: 'memory after', value: memoryOf(pid), unit: 'MB' },
    ...figuresOf('during', during),
    ...figuresOf('after', after),
  ];
}

/** After a restart, which resumes all executions. */
async function viewAgain(pid: number): Promise<Figure[]> {
  const times: Times = new Map();
  for (let n = 0; n < VIEWS_AFTER; n++) {
    await viewAll(times);
    await delay(VIEW_AGAIN_MS);
  }
  const memory = { measure: 'memory after a restart', value: memoryOf(pid), unit: 'MB' };
  return [memory, ...figuresOf('after a restart', times)];
}

/** Milliseconds of each view, by page. */
type Times = Map<string, number[]>;

async function viewAll(times: Times): Promise<void> {
  for (const [page, path] of await pages())
    times.set(page, [...(times.get(page) ?? []), await view(path)]);
}

const figuresOf = (when: string, times: Times): Figure[] =>
  [...times].flatMap(([page, all]) => [
    { measure: `${page} ${when}, median`, value: quantile(all, 0.5), unit: 'ms' },
    { measure: `${page} ${when}, 95 %`, value: quantile(all, 0.95), unit: 'ms' },
  ]);

/** The sample at other hosts and from other addresses, so that the events don't join the incidents of earlier ones. */
const distinct = (event: string, round: number): string =>
  event
    .replace(/\b203\.0\.113\.(\d+)/g, `45.${round >> 8}.${round & 255}.$1`)
    .replace(/\bi-0[0-9a-f]{4}/g, `i-0${round.toString(16).padStart(4, '0')}`);

async function send(event: string): Promise<void> {
  const answer = await fetch(`${URL_OF_SITE}/events`, {
    method: 'POST',
    redirect: 'manual',
    headers: { Origin: URL_OF_SITE, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ event }).toString(),
  });
  await answer.text();
  if (answer.status !== 303) throw new Error(`an event was answered with ${answer.status}`);
}

/** The path of the newest incident is in the list. */
async function pages(): Promise<[page: string, path: string][]> {
  const list = await (await fetch(`${URL_OF_SITE}/console`)).text();
  const [incident] = /\/console\/incident\/[\w-]+/.exec(list) ?? [];
  return [
    ['GET /', '/'],
    ['GET /console', '/console'],
    ...(incident ? [['one incident', incident] as [string, string]] : []),
  ];
}

async function view(path: string): Promise<number> {
  const from = performance.now();
  const answer = await fetch(URL_OF_SITE + path);
  await answer.text();
  if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`);
  return performance.now() - from;
}

/** Resident memory in MB. Linux only: elsewhere NaN. */
function memoryOf(pid: number): number {
  try {
    const [, kilobytes] =
      /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1_024;
  } catch {
    return Number.NaN;
  }
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN;
