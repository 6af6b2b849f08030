// How long an approver or a reader waits while someone floods their pages.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Out } from '../../cli/output.ts';
import { issueLink } from '../../functions/links/link.ts';
import { issueToken } from '../../functions/sign-in/api-token.ts';
import { createApi } from '../../functions/web/api/api.ts';
import { measuredAccount, reviewClaims } from './account.ts';
import type { Figure } from './figure.ts';

/** As infra/web-api.ts and infra/site-functions.ts deploy them. */
const LIMITS = {
  approver: { perSecond: 200, burst: 400, executions: 20 },
  'API reader': { perSecond: 100, burst: 200, executions: 4 },
};
/** A call of KMS within a region. */
const KMS_MS = 10;
const SECONDS = 8;
/** Of the requests that the limit allows in a second. */
const SHARES = [0.5, 2, 5] as const;
/** A person whose page fails loads it again. */
const RELOAD_MS = 500;

type Request = () => Response | Promise<Response>;
type Flooded = { who: keyof typeof LIMITS; genuine: Request; forged: Request };
type Load = (request: Request) => Promise<number>;

export async function flood(out: Out): Promise<Figure[]> {
  const account = await measuredAccount();
  const figures: Figure[] = [];
  for (const flooded of [await approvals(account), await reads(account)]) {
    const { who } = flooded;
    const { perSecond, burst, executions } = LIMITS[who];
    out.line(
      `One ${who} during a flood, behind ${perSecond} requests/s (burst ${burst}) and ${executions} executions, for ${SECONDS} s each:`,
    );
    for (const rate of SHARES.map((share) => share * perSecond)) {
      const { waits, refused, sent } = await during(rate, limited(LIMITS[who]), flooded);
      const longest = Math.max(...waits);
      out.line(
        `  ${String(rate).padStart(5)} forged requests/s: ${refused} of ${sent} refused; ${waits.length} genuine answers, the longest after ${longest.toFixed(0)} ms`,
      );
      figures.push({ measure: `${who} at ${rate} forged requests/s`, value: longest, unit: 'ms' });
    }
  }
  await account.stop();
  out.line('');
  return figures;
}

type Account = Awaited<ReturnType<typeof measuredAccount>>;

async function approvals(account: Account): Promise<Flooded> {
  const path = `/review/${await issueLink(account.mac, await reviewClaims(account))}`;
  const get = (of: string) => () => account.web.request(of);
  return { who: 'approver', genuine: get(path), forged: get(forgedFrom(path)) };
}

async function reads({ storeOf, policy, keys }: Account): Promise<Flooded> {
  const [person = ''] = Object.keys(policy.escalation.people);
  const own = { newId: randomUUID, now: () => new Date(), log: () => {} };
  const pages = keys.votes;
  const api = createApi({ store: storeOf('api'), policy, pages, actsAs: null, ...own });
  const { token } = await issueToken({ pages, now: own.now }, person);
  const get = (of: string) => () =>
    api.request('/api/incidents', { headers: { authorization: `Bearer ${of}` } });
  return { who: 'API reader', genuine: get(token), forged: get(forgedFrom(token)) };
}

const forgedFrom = (signed: string): string => `${signed.slice(0, -4)}AAAA`;

/** Behind API Gateway’s token bucket and the function’s reserved concurrency. Resolves to a status. */
function limited({ perSecond, burst, executions }: (typeof LIMITS)['approver']): Load {
  let tokens = burst;
  let at = performance.now();
  let running = 0;
  return async (request) => {
    const now = performance.now();
    tokens = Math.min(burst, tokens + ((now - at) / 1000) * perSecond);
    at = now;
    if (tokens < 1) return 429;
    tokens -= 1;
    if (running >= executions) return 503;
    running += 1;
    try {
      await delay(KMS_MS);
      return (await request()).status;
    } finally {
      running -= 1;
    }
  };
}

async function during(rate: number, load: Load, { genuine, forged }: Flooded) {
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
  const reader = async () => {
    while (performance.now() < ends) {
      const from = performance.now();
      while ((await load(genuine)) !== 200 && performance.now() < ends) await delay(RELOAD_MS);
      waits.push(performance.now() - from);
      await delay(RELOAD_MS);
    }
  };
  await Promise.all([attack(), reader()]);
  return { waits, refused, sent };
}
