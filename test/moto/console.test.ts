// The console as a browser sees it, from deployed handlers with their roles.

import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { incidentKey } from '../../functions/store/layout.ts';
import type { Key } from '../../functions/store/table.ts';
import { INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { type Misbehaviour, type Provider, startProvider } from '../fixtures/provider.ts';
import { type Api, CONTRACT } from '../web/api/contract.ts';
import { inForce, minute, put, waiting } from '../web/approval-pages.ts';
import { browserAt, type DeployedConsole, deployConsole } from './deployed-console.ts';

const PAGE = `/console/incident/${INCIDENT_ID}`;
const EVERY_PAGE = ['/console', '/console/in-force', PAGE, `${PAGE}/report.json`];
let provider: Provider;
let deployed: DeployedConsole;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: minute(1) });
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  provider = await startProvider();
  deployed = await deployConsole(provider.issuer, {
    'leo.brandt': { name: 'Leo Brandt', email: LEAD, roles: ['lead'], principals: [] },
    'vera.lang': { name: 'Vera Lang', email: VIEWER, roles: ['viewer'], principals: [] },
  });
});
afterAll(async () => {
  await deployed.stop();
  await provider.stop();
  vi.useRealTimers();
});
beforeEach(async () => {
  vi.setSystemTime(minute(1));
  await deployed.empty();
});

/** A browser in which this person signed in. `query`: of the address that signs in. */
async function signedIn(
  email = 'ana.silva@example.com',
  query = '',
  claims: Misbehaviour['claims'] = {},
) {
  const browser = browserAt(deployed);
  provider.behaves({ claims: { email, ...claims } });
  const landed = await browser.signIn(query);
  return Object.assign(browser, { landed });
}

const VIEWER = 'vera.lang@example.com';
const LEAD = 'leo.brandt@example.com';
const MANAGER = 'mei.tanaka@example.com';
const freshly = (email = MANAGER) =>
  signedIn(email, '?fresh&to=/console/resume', { auth_time: minute(1).getTime() / 1000 });
const mode = async () => (await deployed.store.killSwitch.read(POLICY.account)).mode;
const fieldsOf = (page: string) =>
  new URLSearchParams(
    [...page.matchAll(/name="(nonce|seen)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']): [string, string] => [name, value],
    ),
  );

/** What the stream delivers for a changed record. */
const changeOf = (key: Key) => ({
  dynamodb: {
    Keys: marshall(key),
    SequenceNumber: '1',
    ApproximateCreationDateTime: minute(1).getTime() / 1000,
    NewImage: marshall(key),
  },
});

describe('the API', () => {
  const api = (): Api => ({
    store: deployed.store,
    async get(path, headers) {
      const { status = 0, body } = await browserAt(deployed).get(path, { ...headers });
      return { status, body };
    },
    async tokenOf(email) {
      const { body } = await (await signedIn(email)).post('/sign-in/api', {});
      return /[\w-]{20,}\.[\w-]{43}/.exec(body)?.[0] ?? '';
    },
    endTokens: async (email, ended) =>
      (await (await signedIn(email)).post('/sign-in/api', { ended })).status ?? 0,
    summarise: () =>
      deployed.invoke('summarise', { Records: [changeOf(incidentKey('incident', INCIDENT_ID))] }),
  });
  test.each(Object.entries(CONTRACT))('%s, deployed', async (_, holds) => {
    await holds(api());
    expect(deployed.refused()).toEqual([]);
  });

  test('issues no token to a form of another site', async () => {
    const browser = await signedIn();
    const answer = await browser.post('/sign-in/api', {}, { 'sec-fetch-site': 'cross-site' });
    expect([answer.status, answer.body]).toEqual([403, expect.not.stringMatching(/\.[\w-]{43}/)]);
  });
});

describe('a person who signs in', () => {
  test('reads the list, the changes in force, an incident and its reports, and writes a note', async () => {
    const { actionId } = await put(deployed.store, waiting());
    const made = inForce({ actionId: 'act-0123456789abcdef-7' });
    await deployed.store.records.createAction(made);
    const browser = await signedIn('ana.silva@example.com', '?to=/console?view=waiting');
    expect([browser.landed.status, browser.landed.to]).toEqual([303, '/console?view=waiting']);
    expect((await browser.get('/console')).body).not.toContain(INCIDENT_ID);
    await deployed.invoke('summarise', {
      Records: [changeOf(incidentKey('incident', INCIDENT_ID))],
    });
    const list = await browser.get(browser.landed.to);
    expect([list.status, list.headers['content-security-policy']]).toEqual([
      200,
      expect.stringContaining("default-src 'none'"),
    ]);
    expect(list.body).toContain(INCIDENT_ID);
    const again = await browser.get(browser.landed.to, { 'if-none-match': `${list.headers.etag}` });
    expect([again.status, again.body]).toEqual([304, '']);
    expect((await browser.get('/console/in-force')).body).toContain(made.actionId);
    expect((await browser.get(PAGE)).body).toContain('Timeline of this incident');
    for (const format of ['md', 'html', 'json'])
      expect((await browser.get(`${PAGE}/report.${format}`)).status).toBe(200);
    const note = await browser.post(`${PAGE}/notes`, { text: 'Called <b>them</b>.' });
    expect([note.status, note.to]).toEqual([303, `${PAGE}#notes`]);
    expect((await browser.get(PAGE)).body).toContain('Called &lt;b&gt;them&lt;/b&gt;.');
    const decide = async (id: string) => (await browser.get(`${PAGE}/decide/${id}`)).to;
    expect(await decide(actionId)).toMatch('https://countermand.example/approve/');
    expect(await decide(made.actionId)).toMatch('https://countermand.example/review/');
    expect(deployed.refused()).toEqual([]);
    expect(deployed.calls('web')).toEqual(
      new Set(['secretsmanager:GetSecretValue', 'kms:GenerateMac', 'kms:VerifyMac']),
    );
    expect(deployed.calls('console')).toEqual(
      new Set([
        ...['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
        ...['kms:GenerateMac', 'kms:VerifyMac'],
      ]),
    );
  });

  test('halts with one press, and a manager who signs in again resumes', async () => {
    const analyst = await signedIn();
    const halted = await analyst.post('/console/halt', { to: PAGE, why: 'attack on us' });
    expect([halted.status, halted.to, await mode()]).toEqual([303, PAGE, 'halt']);
    expect((await analyst.get('/console')).body).toContain('attack on us');
    expect((await analyst.get('/console/resume')).to).toBe(
      '/sign-in/console?fresh&to=/console/resume',
    );
    const manager = await freshly();
    const form = fieldsOf((await manager.get('/console/resume')).body);
    form.set('why', 'looked into it');
    form.set('mode', 'run');
    expect((await manager.post('/console/resume', form)).to).toBe('/console');
    expect(await mode()).toBe('run');
    expect(deployed.refused()).toEqual([]);
    expect(deployed.calls('halt')).toEqual(
      new Set([
        ...['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'kms:VerifyMac'],
        'sns:Publish',
      ]),
    );
    expect(deployed.calls('resume')).toContain('kms:GenerateMac');
  });

  test('signs out', async () => {
    const browser = await signedIn();
    expect((await browser.get('/console')).body).toContain('Sign out');
    const page = await browser.post('/console/sign-out', {});
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('You are signed out')]);
    expect([...browser.cookies.keys()]).toEqual([]);
    expect((await browser.get('/console')).to).toMatch('/sign-in/console');
  });
});

describe('an attacker', () => {
  /** Each request that changes something, in a browser. */
  const changes = (browser: ReturnType<typeof browserAt>, headers?: Record<string, string>) => [
    browser.post('/console/halt', {}, headers),
    browser.post('/console/resume', { why: 'x', mode: 'run', nonce: 'x', seen: 'x' }, headers),
    browser.post(`${PAGE}/notes`, { text: 'x' }, headers),
  ];
  const notesOf = async () => (await deployed.store.notes.of(INCIDENT_ID)).found;

  test('reads and changes nothing without a session, or with a forged one', async () => {
    await put(deployed.store, waiting());
    const real = await signedIn();
    const forged = browserAt(deployed);
    for (const [name, value] of real.cookies) forged.cookies.set(name, `${value.slice(0, -4)}AAAA`);
    // The session of a link is not one of the console.
    const other = browserAt(deployed);
    const session = real.cookies.get('__Host-countermand-session') ?? '';
    other.cookies.set('__Host-countermand-console', session);
    for (const browser of [browserAt(deployed), forged, other]) {
      for (const path of EVERY_PAGE) {
        const page = await browser.get(path);
        expect([path, page.status, page.body]).toEqual([path, 303, '']);
      }
      for (const answer of await Promise.all(changes(browser)))
        expect(answer.status === 403 || /^\/sign-in\//.test(answer.to)).toBe(true);
    }
    expect([await mode(), await notesOf()]).toEqual(['run', []]);
  });

  test('changes nothing with a form on another site', async () => {
    await put(deployed.store, waiting());
    const analyst = await signedIn();
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }])
      for (const answer of await Promise.all(changes(analyst, headers)))
        expect(answer.status).toBe(403);
    expect([await mode(), await notesOf()]).toEqual(['run', []]);
  });

  test('resumes nothing as an analyst, with a sign-in that is not fresh, or with another person’s form', async () => {
    await deployed.store.killSwitch.halt(POLICY.account, {
      ...{ mode: 'halt', by: 'person:ana.silva', at: minute(0).toISOString(), why: 'stop' },
    });
    const manager = await freshly();
    const form = fieldsOf((await manager.get('/console/resume')).body);
    form.set('why', 'let me in');
    form.set('mode', 'run');
    const analyst = await freshly('ana.silva@example.com');
    expect((await analyst.post('/console/resume', form)).status).toBe(403);
    expect((await (await freshly(LEAD)).post('/console/resume', form)).status).toBe(409);
    const stale = await signedIn(MANAGER);
    expect((await stale.post('/console/resume', form)).to).toMatch('/sign-in/console');
    vi.setSystemTime(minute(7));
    expect((await manager.post('/console/resume', form)).to).toMatch('/sign-in/console');
    expect(await mode()).toBe('halt');
  });

  test('changes nothing as a viewer, who reads everything', async () => {
    const { actionId } = await put(deployed.store, waiting());
    const viewer = await freshly(VIEWER);
    for (const path of EVERY_PAGE) expect((await viewer.get(path)).status).toBe(200);
    for (const path of ['/console/resume', `${PAGE}/decide/${actionId}`])
      expect((await viewer.get(path)).status).toBe(403);
    for (const answer of await Promise.all(changes(viewer))) expect(answer.status).toBe(403);
    expect([await mode(), await notesOf()]).toEqual(['run', []]);
  });

  test('is not signed in as someone who is not in policy', async () => {
    const { landed, cookies } = await signedIn('mallory@example.com');
    expect([landed.status, [...cookies.keys()]]).toEqual([403, []]);
  });
});
