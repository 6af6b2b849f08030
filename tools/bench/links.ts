// How long the pages take over a link: whether time tells one that is refused from another.
import { randomBytes, randomUUID } from 'node:crypto';

import { issueLink, type LinkClaims } from '../../functions/links/link.ts';
import { createMac } from '../../local/mac.ts';
import { freshEvent } from '../../local/samples.ts';
import { measuredAccount, webProbe } from './account.ts';

const RUNS = 2_000;

export async function links(): Promise<void> {
  const account = await measuredAccount();
  await account.accept(freshEvent(webProbe(), randomUUID, new Date()));
  await account.engine.idle();
  const [incident] = await account.store.records.recentIncidents(1);
  const [action] = await account.store.records.actions(incident?.incidentId ?? '');
  if (!action) throw new Error('there is no action to make links to');
  const { incidentId, actionId, digest } = action;
  const expires = Math.floor(Date.now() / 1000) + 3600;
  const claims: LinkClaims = {
    purpose: 'review',
    incidentId,
    actionId,
    digest,
    person: 'ana.silva',
    expires,
  };
  const good = await issueLink(account.mac, claims);
  const [payload = '', code = ''] = good.split('.');
  const another = createMac(randomBytes(32));
  const paths = {
    'ours, and shown': `/review/${good}`,
    'first byte of the MAC altered': `/review/${payload}.${turned(code, 0)}`,
    'last byte of the MAC altered': `/review/${payload}.${turned(code, 31)}`,
    'claims altered': `/review/${payload.slice(0, -4)}AAAA.${code}`,
    'for something else': `/approve/${good}`,
    'under another key': `/review/${await issueLink(another, claims)}`,
    'over for two days': `/review/${await issueLink(account.mac, { ...claims, expires: expires - 49 * 3600 })}`,
    'of no such action': `/review/${await issueLink(account.mac, { ...claims, digest: '0'.repeat(64) })}`,
    'no link at all': '/review/x',
  };
  const times = new Map(Object.keys(paths).map((name) => [name, [] as number[]]));
  const all = Object.entries(paths);
  // In another order each time, so that whatever else the machine does falls on all alike.
  for (let run = 0; run < RUNS; run++)
    for (const [name, path] of all.toSorted(() => Math.random() - 0.5)) {
      const from = performance.now();
      await (await account.web.request(path)).text();
      times.get(name)?.push(performance.now() - from);
    }
  console.log(
    `A link, ${RUNS} times each (in an account, the same call to KMS comes on top of all but the last)`,
  );
  for (const [name, taken] of times) {
    taken.sort((a, b) => a - b);
    const at = (share: number) => ((taken[Math.floor(share * RUNS)] ?? 0) * 1000).toFixed(0);
    console.log(
      `  ${name.padEnd(30)} median ${at(0.5).padStart(5)} µs, p95 ${at(0.95).padStart(5)} µs`,
    );
  }
  console.log('');
  await account.stop();
}

function turned(code: string, index: number): string {
  const bytes = Buffer.from(code, 'base64url');
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return bytes.toString('base64url');
}
