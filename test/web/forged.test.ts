// Rejects 10,000 forged, altered, expired and misused links with one answer.
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { issueLink, type LinkClaims, PagePurpose, Purpose } from '../../functions/links/link.ts';
import { signClaims } from '../../functions/links/signed-claims.ts';
import { createMac } from '../../local/mac.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import {
  ana,
  ben,
  createPages,
  inForce,
  mac,
  mei,
  minute,
  pages,
  put,
  waiting,
} from './approval-pages.ts';

const LINKS = Number(process.env.PROPERTY_RUNS ?? 10_000);
const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+=~ '];
const retired = createMac(new Uint8Array(32).fill(1));

type Sent = { purpose: Purpose; claims: LinkClaims; token: string };
let sent: Sent[];
let site: ReturnType<typeof createPages>;
let digests: Action['digest'][];
const written: string[] = [];
const read: string[] = [];

/** Links that were really sent: to three people, for each purpose, on a request and on an action in force. */
beforeAll(async () => {
  const table = memoryTable();
  const store = storeOn({
    ...table,
    get: (key) => {
      read.push(`${key.pk} ${key.sk}`);
      return table.get(key);
    },
    query: (pk, options) => {
      read.push(pk);
      return table.query(pk, options);
    },
    put: (item, condition) => {
      written.push(`${item.pk} ${item.sk}`);
      return table.put(item, condition);
    },
  });
  const question = await put(store, waiting());
  const block = inForce({ actionId: 'act-0123456789abcdef-2' });
  await store.records.createAction(block);
  site = createPages(store);
  digests = [question.digest, block.digest];
  sent = await Promise.all(
    [question, block].flatMap(({ incidentId, actionId, digest }) =>
      Purpose.options.flatMap((purpose) =>
        [ana, ben, mei].map(async ({ id: person }) => {
          const expires = minute(60).getTime() / 1000;
          const claims = { purpose, incidentId, actionId, digest, person, expires };
          return { purpose, claims, token: await issueLink(mac, claims) };
        }),
      ),
    ),
  );
  written.length = 0;
});

type Forged = { purpose: Purpose; token: string | Promise<string> };
const encoded = (claims: unknown) => Buffer.from(JSON.stringify(claims)).toString('base64url');
const [payloadOf, codeOf] = [0, 1].map(
  (part) =>
    ({ token }: Sent) =>
      token.split('.')[part]!,
);

/** One way to forge a link from one or two that were sent. */
const WAYS: Readonly<Record<string, (one: Sent, other: Sent, at: number, char: string) => Forged>> =
  {
    'altered in one character': ({ purpose, token }, _, at, char) => {
      const i = at % token.length;
      return { purpose, token: token.slice(0, i) + char + token.slice(i + 1) };
    },
    'cut short': ({ purpose, token }, _, at) => ({
      purpose,
      token: token.slice(0, at % token.length),
    }),
    lengthened: ({ purpose, token }, _, at, char) => {
      const i = at % (token.length + 1);
      return { purpose, token: token.slice(0, i) + char + token.slice(i) };
    },
    'sent for something else': ({ token }, { purpose }) => ({ purpose, token }),
    'with the claims of one and the MAC of another': (one, other) => ({
      purpose: one.purpose,
      token: `${payloadOf!(one)}.${codeOf!(other)}`,
    }),
    'with another purpose written into it': (one, { purpose }) => ({
      purpose,
      token: `${encoded({ ...one.claims, purpose })}.${codeOf!(one)}`,
    }),
    'with another person written into it': (one, { claims: { person } }) => ({
      purpose: one.purpose,
      token: `${encoded({ ...one.claims, person })}.${codeOf!(one)}`,
    }),
    'with a later end written into it': (one, _, at) => ({
      purpose: one.purpose,
      token: `${encoded({ ...one.claims, expires: one.claims.expires + 1 + at })}.${codeOf!(one)}`,
    }),
    'under a key that was retired': ({ purpose, claims }) => ({
      purpose,
      token: issueLink(retired, claims),
    }),
    'under the key of the pages': ({ purpose, claims }) => ({
      purpose,
      token: issueLink(pages, claims),
    }),
    'sealed as something else': ({ purpose, claims }, _, at) => ({
      purpose,
      token: signClaims(
        mac,
        ['countermand form v1', 'countermand session v1', 'countermand link v1', ''][at % 4]!,
        claims,
      ),
    }),
    'that are the nonce of a form': ({ purpose, token }) => ({
      purpose,
      token: site.nonceOf(`/${purpose}/${token}`),
    }),
    'over for more than a day': ({ purpose, claims }, _, at) => ({
      purpose,
      token: issueLink(mac, { ...claims, expires: minute(-24 * 60 - at).getTime() / 1000 }),
    }),
    'about an action that is not there': ({ purpose, claims }, _, at) => ({
      purpose,
      token: issueLink(mac, { ...claims, actionId: `act-0123456789abcdef-${3 + (at % 6)}` }),
    }),
    'about another state of the action': ({ purpose, claims }, _, at) => ({
      purpose,
      token: issueLink(mac, { ...claims, digest: at.toString(16).padStart(64, '0') }),
    }),
    'of random characters': ({ purpose }, other, at, char) => ({
      purpose,
      token: `${char.repeat(at % 80)}${at}.${codeOf!(other)}`,
    }),
  };

const forgeries = fc.record({
  way: fc.constantFrom(...Object.keys(WAYS)),
  one: fc.nat(1_000),
  other: fc.nat(1_000),
  at: fc.nat(10_000),
  char: fc.constantFrom(...ALPHABET),
  verdict: fc.option(fc.constantFrom('approve', 'reverse', 'keep')),
});

/** The full response to a link and, if given, its form. */
async function seen(path: string, verdict: string | null): Promise<string> {
  const form = { verdict: verdict ?? '', review: verdict ?? '', digest: digests[0]! };
  const answer = await (verdict === null ? site.app.request(path) : site.post(path, form));
  const headers = [...answer.headers].sort().map((header) => header.join(': '));
  return [answer.status, ...headers, await answer.text()].join('\n');
}

test(`none of the ${LINKS.toLocaleString('en')} opens, and all get the same answer`, async () => {
  const usual = await seen('/approve/x', null);
  expect(usual).toMatch(/^403\n/);
  const real = new Set(sent.map(({ purpose, token }) => `/${purpose}/${token}`));
  const tried = new Map<string, number>();
  const property = fc.asyncProperty(forgeries, async ({ way, one, other, at, char, verdict }) => {
    const forged = WAYS[way]!(sent[one % sent.length]!, sent[other % sent.length]!, at, char);
    const token = await forged.token;
    // A purpose without a page is tried on the pages of the others.
    const page = PagePurpose.safeParse(forged.purpose).data ?? PagePurpose.options[at % 3];
    fc.pre(token !== '' && !real.has(`/${page}/${token}`));
    const path = `/${page}/${encodeURIComponent(token)}`;
    expect(await seen(path, verdict), way).toBe(usual);
    tried.set(way, (tried.get(way) ?? 0) + 1);
  });
  await fc.assert(property, { numRuns: LINKS });
  expect([...tried.keys()].sort()).toEqual(Object.keys(WAYS).sort());
  expect([...tried.values()].reduce((sum, count) => sum + count)).toBe(LINKS);
  expect([...written, ...site.did]).toEqual([]);
}, 300_000);

test('opens the links that were really sent', async () => {
  for (const { purpose, token } of sent.filter(({ purpose }) => purpose !== 'slack'))
    expect((await site.app.request(`/${purpose}/${token}`)).status).toBe(200);
});

test('shows the decision of a used link and accepts no second one', async () => {
  const store = storeOn(memoryTable());
  const action = await put(store, waiting());
  const { did, pathOf, post, nonceOf } = createPages(store);
  const path = await pathOf(action);
  const nonce = await nonceOf(path);
  const form = { verdict: 'approve', reason: '', digest: action.digest, nonce };
  await post(path, form);
  for (const verdict of ['decline', 'hand-over', 'more-time', 'acknowledge', 'decline-all'])
    expect((await post(path, { ...form, verdict, to: 'mei.tanaka' })).status).toBe(409);
  expect((await store.records.action(action.incidentId, action.actionId)).approval?.votes).toEqual([
    expect.objectContaining({ verdict: 'approved', by: 'ana.silva' }),
  ]);
  expect(did).toEqual(['callback token-1 approved']);
});

test('a flood of forged links reads nothing from the table', async () => {
  const [one] = sent;
  const tokens = [
    'x',
    `${one?.token.slice(0, -4)}AAAA`,
    await issueLink(retired, one!.claims),
    'A'.repeat(5_000),
  ];
  read.length = 0;
  for (const token of tokens)
    for (const verdict of [null, 'approve'])
      expect(await seen(`/approve/${token}`, verdict)).toMatch(/^403\n/);
  expect(read).toEqual([]);
  await seen(`/approve/${sent.find(({ purpose }) => purpose === 'approve')?.token}`, null);
  expect(read).not.toEqual([]);
});
