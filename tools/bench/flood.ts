// How long an approver waits while someone floods the approval pages.

import { setTimeout as delay } from 'node:timers/promises';
import type { Out } from '../../cli/output.ts';
import { issueLink } from '../../functions/links/link.ts';
import { measuredAccount, reviewClaims } from './account.ts';
import type { Figure } from './figure.ts';

/** As infra/web-api.ts and infra/function-table.ts deploy them. */
const LIMITS = { perSecond: 200, burst: 400, executions: 20 };
/** A call of KMS within a region. */
const KMS_MS = 10;
const SECONDS = 8;
const RATES = [100, 400, 1_000] as const;
/** A person whose page fails loads it again. */
const RELOAD_MS = 500;

export async function flood(out: Out): Promise<Figure[]> {
  const account = await measuredAccount();
  const claims = await reviewClaims(account);
  const path = `/review/${await issueLink(account.mac, claims)}`;
  const forged = `${path.slice(0, -4)}AAAA`;
  out.line(
    `An approver during a flood, behind ${LIMITS.perSecond} requests/s (burst ${LIMITS.burst}) and ${LIMITS.executions} executions, for ${SECONDS} s each:`,
  );
  const figures: Figure[] = [];
  for (const rate of RATES) {
    const { waits, refused, sent } = await during(rate, limited(account.web), { path, forged });
    const longest = Math.max(...waits);
    out.line(
      `  ${String(rate).padStart(5)} forged requests/s: ${refused} of ${sent} refused; ${waits.length} loads by the approver, the longest after ${longest.toFixed(0)} ms`,
    );
    figures.push({ measure: `approver at ${rate} forged requests/s`, value: longest, unit: 'ms' });
  }
  await account.stop();
  out.line('');
  return figures;
}

type Site = { request(path: string): Response | Promise<Response> };
type Load = (path: string) => Promise<number>;

/** The site behind API Gateway’s token bucket and the function’s reserved concurrency. Resolves to a status. */
function limited(web: Site): Load {
  let tokens = LIMITS.burst;
  let at = performance.now();
  let running = 0;
  return async (path) => {
    const now = performance.now();
    tokens = Math.min(LIMITS.burst, tokens + ((now - at) / 1000) * LIMITS.perSecond);
    at = now;
    if (tokens < 1) return 429;
    tokens -= 1;
    if (running >= LIMITS.executions) return 503;
    running += 1;
    try {
      await delay(KMS_MS);
      return (await web.request(path)).status;
    } finally {
      running -= 1;
    }
  };
}

async function during(
  rate: number,
  load: Load,
  { path, forged }: { path: string; forged: string },
) {
  const begun = performance.now();
  const ends = begun + SECONDS * 1000;
  const waits: number[] = [];
  let [refused, sent] = [0, 0];
  const attack = async () => {
    for (let due = begun; due < ends; due += 1000 / rate) {
      const wait = due - performance.now();
      if (wait > 1) await delay(wait);
      sent += 1;
      void load(forged).then((status) => {
        if (status === 429 || status === 503) refused += 1;
      });
    }
  };
  const approver = async () => {
    while (performance.now() < ends) {
      const from = performance.now();
      while ((await load(path)) !== 200 && performance.now() < ends) await delay(RELOAD_MS);
      waits.push(performance.now() - from);
      await delay(RELOAD_MS);
    }
  };
  await Promise.all([attack(), approver()]);
  return { waits, refused, sent };
}
