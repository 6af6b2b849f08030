// Response times of valid and rejected links, which must not differ.
import { randomBytes } from 'node:crypto';
import type { Out } from '../../cli/output.ts';
import { issueLink } from '../../functions/links/link.ts';
import { createMac } from '../../local/mac.ts';
import { measuredAccount, reviewClaims } from './account.ts';
import type { Figure } from './figure.ts';

const RUNS = 2_000;

export async function links(out: Out): Promise<Figure[]> {
  const account = await measuredAccount();
  const claims = await reviewClaims(account);
  const good = await issueLink(account.mac, claims);
  const [payload = '', code = ''] = good.split('.');
  const another = createMac(randomBytes(32));
  const paths = {
    valid: `/review/${good}`,
    'first byte of the MAC changed': `/review/${payload}.${flipped(code, 0)}`,
    'last byte of the MAC changed': `/review/${payload}.${flipped(code, 31)}`,
    'claims changed': `/review/${payload.slice(0, -4)}AAAA.${code}`,
    'issued for another purpose': `/approve/${good}`,
    'signed with another key': `/review/${await issueLink(another, claims)}`,
    'expired two days ago': `/review/${await issueLink(account.mac, { ...claims, expires: claims.expires - 49 * 3600 })}`,
    'digest of no action': `/review/${await issueLink(account.mac, { ...claims, digest: '0'.repeat(64) })}`,
    'not a link': '/review/x',
  };
  const times = new Map(Object.keys(paths).map((name) => [name, [] as number[]]));
  const all = Object.entries(paths);
  // The order changes in each run, so that other load on the machine affects all links equally.
  for (let run = 0; run < RUNS; run++)
    for (const [name, path] of all.toSorted(() => Math.random() - 0.5)) {
      const from = performance.now();
      await (await account.web.request(path)).text();
      times.get(name)?.push(performance.now() - from);
    }
  await account.stop();
  out.line(
    `A link, ${RUNS} times each. In an account, KMS adds the same time to each except the last.`,
  );
  const figures = [...times].flatMap(([name, taken]) => {
    taken.sort((a, b) => a - b);
    const at = (share: number) => (taken[Math.floor(share * RUNS)] ?? 0) * 1000;
    const [median, p95] = [at(0.5), at(0.95)];
    out.line(
      `  ${name.padEnd(30)} median ${median.toFixed(0).padStart(5)} µs, p95 ${p95.toFixed(0).padStart(5)} µs`,
    );
    return [
      { measure: `link, ${name}: median`, value: median, unit: 'µs' },
      { measure: `link, ${name}: p95`, value: p95, unit: 'µs' },
    ];
  });
  out.line('');
  return figures;
}

function flipped(code: string, index: number): string {
  const bytes = Buffer.from(code, 'base64url');
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return bytes.toString('base64url');
}
