// The stop button and resuming: who may do which, and what a form can end.
import { Hono } from 'hono';
import { beforeEach, describe, expect, test } from 'vitest';
import { Unavailable } from '../../functions/domain/errors.ts';
import { createHalt } from '../../functions/halt/halt.ts';
import type { Message } from '../../functions/messaging/message.ts';
import type { PersonRole } from '../../functions/policy/schemas/escalation.ts';
import { createResume } from '../../functions/resume/resume.ts';
import { startConsole, startSession } from '../../functions/sign-in/session.ts';
import { createMac } from '../../local/mac.ts';
import { POLICY } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { BASE_URL, minute, pages } from '../web/approval-pages.ts';

const { account } = POLICY;
let store: ReturnType<typeof storeOn>;
let now: Date;
let sent: Message[];
let logged: string[];
let ids: number;
beforeEach(() => {
  store = storeOn(memoryTable());
  now = minute(1);
  sent = [];
  logged = [];
  ids = 0;
});

const site = ({
  roles,
  ...change
}: {
  roles?: PersonRole[];
  down?: true;
  actsAs?: string;
} = {}) => {
  const people = { ...POLICY.escalation.people };
  if (roles) people['ana.silva'] = { ...people['ana.silva']!, roles };
  const deps = {
    store,
    policy: { ...POLICY, escalation: { ...POLICY.escalation, people } },
    pages: { verify: pages.verify },
    actsAs: change.actsAs ?? null,
    send: async (message: Message) => {
      if (change.down) throw new Unavailable('SNS is down', {});
      sent.push(message);
      return { notBy: [] };
    },
    webBaseUrl: BASE_URL,
    now: () => now,
    log: (_: string, message: string) => void logged.push(message),
  };
  const app = new Hono();
  app.route('/', createHalt(deps));
  const { resumptions } = KEYS;
  const resumeSite = createResume({ ...deps, resumptions, newId: () => `r-${++ids}` });
  return new Hono()
    .all('/console/halt', (c) => app.fetch(c.req.raw))
    .all('/console/resume', (c) => resumeSite.fetch(c.req.raw));
};

/** The cookies of a person: of the console, and of a sign-in with or without a fresh authentication. */
async function cookiesOf(person: string, { key = pages, isFresh = true } = {}): Promise<string> {
  const signing = { pages: key, newId: () => 'id', now: () => now };
  const authTime = isFresh ? now.getTime() / 1000 : null;
  const app = new Hono().get('/', async (c) => {
    await startSession(signing, c, { person, authTime });
    await startConsole(signing, c, person);
    return c.text('');
  });
  const set = (await app.request('/')).headers.getSetCookie();
  return set.map((one) => one.split(';')[0]).join('; ');
}

const post = async (
  path: string,
  fields: readonly (readonly [string, string])[] = [],
  {
    cookie = '',
    headers = {},
    app = site(),
  }: {
    cookie?: string;
    headers?: Record<string, string>;
    app?: ReturnType<typeof site>;
  } = {},
) =>
  app.request(path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'Sec-Fetch-Site': 'same-origin',
      Cookie: cookie,
      ...headers,
    },
    body: new URLSearchParams(
      fields.map(([name, value]): [string, string] => [name, value]),
    ).toString(),
  });
const HALT = '/console/halt';
const RESUME = '/console/resume';
const mode = async () => (await store.killSwitch.read(account)).mode;
const halts = () => store.table.query(`HALT#${account}`);

describe('the stop button', () => {
  test('halts at once, tells the team who halted and why, and redirects back to the page', async () => {
    const cookie = await cookiesOf('ana.silva');
    const to = '/console/incident/inc-1?page=2';
    const answer = await post(
      HALT,
      [
        ['to', to],
        ['why', 'attack on us'],
      ],
      { cookie },
    );
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, to]);
    expect(await store.killSwitch.read(account)).toMatchObject({
      ...{ mode: 'halt', by: 'person:ana.silva', why: 'attack on us' },
    });
    expect(sent).toMatchObject([{ to: { kind: 'team' }, subject: 'Halted: no action is applied' }]);
    expect(sent[0]?.paragraphs[0]).toMatch(/^Ana Silva set .* Reason: attack on us$/);
  });

  test('needs no form field, redirects to no other site, and notifies once when pressed twice', async () => {
    const cookie = await cookiesOf('ana.silva');
    const first = await post(HALT, [], { cookie });
    now = minute(20);
    const second = await post(
      HALT,
      [
        ['to', '//evil.example'],
        ['mode', 'run'],
      ],
      { cookie },
    );
    for (const answer of [first, second]) expect(answer.headers.get('Location')).toBe('/console');
    expect([(await halts()).length, sent.length, await mode()]).toEqual([2, 1, 'halt']);
  });

  test('halts again after a resumption within the hour', async () => {
    const cookie = await cookiesOf('mei.tanaka');
    await post(HALT, [], { cookie });
    await submit(await shown(cookie), cookie);
    expect(await mode()).toBe('run');
    now = minute(2);
    await post(HALT, [], { cookie });
    expect(await mode()).toBe('halt');
  });

  test('stays halted by a press that the page of a resumption did not show', async () => {
    const cookie = await cookiesOf('mei.tanaka');
    await post(HALT, [], { cookie });
    const page = await shown(cookie);
    now = minute(2);
    await post(HALT, [], { cookie });
    await submit(page, cookie);
    expect(await mode()).toBe('halt');
  });

  test('halts although the team cannot be notified, and although nothing can be read', async () => {
    const cookie = await cookiesOf('ana.silva');
    expect((await post(HALT, [], { cookie, app: site({ down: true }) })).status).toBe(303);
    expect([await mode(), logged]).toEqual(['halt', ['the team was not notified']]);
    store.killSwitch.read = () => Promise.reject(new Unavailable('DynamoDB is down', {}));
    now = minute(2);
    expect((await post(HALT, [], { cookie })).status).toBe(303);
    expect(await halts()).toHaveLength(2);
  });

  test.each<[PersonRole, number]>([
    ['viewer', 403],
    ['analyst', 303],
    ['manager', 303],
    ['lead', 303],
  ])('answers a %s with %d', async (role, status) => {
    const cookie = await cookiesOf('ana.silva');
    expect((await post(HALT, [], { cookie, app: site({ roles: [role] }) })).status).toBe(status);
    expect(await mode()).toBe(status === 303 ? 'halt' : 'run');
  });

  test('changes nothing without a session, with a forged one, or for a form of another site', async () => {
    const other = createMac(new Uint8Array(32).fill(1));
    for (const cookie of ['', await cookiesOf('ana.silva', { key: other })]) {
      const answer = await post(HALT, [], { cookie });
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('Sign in, then press Halt again.');
    }
    const cookie = await cookiesOf('ana.silva');
    for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'https://evil.example' }])
      expect((await post(HALT, [], { cookie, headers })).status).toBe(403);
    expect((await post(HALT, [], { cookie: await cookiesOf('mallory') })).status).toBe(403);
    expect((await site().request(HALT, { headers: { Cookie: cookie } })).status).toBe(404);
    expect(await halts()).toEqual([]);
  });
});

/** The hidden fields of the page. */
async function shown(cookie: string, app = site()): Promise<[string, string][]> {
  const page = await (await app.request(RESUME, { headers: { Cookie: cookie } })).text();
  return [...page.matchAll(/name="(nonce|seen)" value="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, value],
  );
}
const submit = (
  fields: readonly (readonly [string, string])[],
  cookie: string,
  { why = 'fixed', to = 'run', app = site() } = {},
) => post(RESUME, [...fields, ['mode', to], ['why', why]], { cookie, app });

describe('resuming', () => {
  beforeEach(async () => {
    const at = now.toISOString();
    await store.killSwitch.halt(account, { mode: 'halt', by: 'person:ana.silva', at, why: 'stop' });
  });

  test('ends what the page showed, records who signed in when, and notifies the team', async () => {
    const cookie = await cookiesOf('mei.tanaka');
    const answer = await submit(await shown(cookie), cookie);
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/console']);
    expect(await store.killSwitch.read(account)).toMatchObject({
      ...{ mode: 'run', by: 'person:mei.tanaka', why: 'fixed' },
    });
    const [item] = await store.table.query(`RESUME#${account}`);
    expect(item).toMatchObject({ authTime: now.toISOString(), mode: 'run' });
    expect(sent.map(({ subject }) => subject)).toEqual(['Resumed: rules decide again what runs']);
    expect(sent[0]?.paragraphs[0]).toMatch(/^Mei Tanaka resumed .* Reason: fixed$/);
  });

  test('leaves a halt in force that arrived after the page was shown, and says so', async () => {
    const cookie = await cookiesOf('mei.tanaka');
    const fields = await shown(cookie);
    await post(HALT, [], { cookie });
    await submit(fields, cookie);
    expect(await mode()).toBe('halt');
    expect(sent.at(-1)?.subject).toBe('Still halted: another halt is in force');
  });

  test('notifies the team at the second press if the first one could not, and of nothing else', async () => {
    const cookie = await cookiesOf('mei.tanaka');
    const fields = await shown(cookie);
    await submit(fields, cookie, { app: site({ down: true }) });
    expect([await mode(), sent]).toEqual(['run', []]);
    now = new Date(now.getTime() + 10_000);
    await submit(fields, cookie);
    expect(sent.map(({ subject }) => subject)).toEqual(['Resumed: rules decide again what runs']);
    now = new Date(now.getTime() + 60_000);
    await submit(fields, cookie);
    expect(sent, 'a minute later').toHaveLength(1);
  });

  test('notifies the team of nothing if another person resumed, or a halt was added', async () => {
    const [meis, anas] = [await cookiesOf('mei.tanaka'), await cookiesOf('ana.silva')];
    const app = site({ roles: ['lead'] });
    const fields = await shown(meis);
    const others = await shown(anas, app);
    await submit(fields, meis);
    await submit(others, anas, { app });
    expect(sent).toHaveLength(1);
    await post(HALT, [], { cookie: meis });
    await submit(fields, meis);
    expect(sent.map(({ subject }) => subject)).toEqual([
      'Resumed: rules decide again what runs',
      'Halted: no action is applied',
    ]);
  });

  test('to ask makes every action need approval', async () => {
    const cookie = await cookiesOf('mei.tanaka');
    await submit(await shown(cookie), cookie, { to: 'ask' });
    expect(await mode()).toBe('ask');
  });

  test('requires a sign-in of the last five minutes', async () => {
    const old = await cookiesOf('mei.tanaka', { isFresh: false });
    const fresh = await cookiesOf('mei.tanaka');
    const fields = await shown(fresh);
    const away = '/sign-in/console?fresh&to=/console/resume';
    for (const cookie of ['', old]) {
      const answers = [
        await site().request(RESUME, { headers: { Cookie: cookie } }),
        await submit(fields, cookie),
      ];
      for (const answer of answers) expect(answer.headers.get('Location')).toBe(away);
    }
    now = new Date(minute(6).getTime() + 1000);
    expect((await submit(fields, fresh)).headers.get('Location')).toBe(away);
    expect(await mode()).toBe('halt');
  });

  test.each<[PersonRole, number]>([
    ['viewer', 403],
    ['analyst', 403],
    ['manager', 200],
    ['lead', 200],
  ])('answers a %s with %d', async (role, status) => {
    const app = site({ roles: [role] });
    const headers = { Cookie: await cookiesOf('ana.silva') };
    expect((await app.request(RESUME, { headers })).status).toBe(status);
  });

  test('ends nothing with a form of another person, an altered or stale form, or without a reason', async () => {
    const meis = await cookiesOf('mei.tanaka');
    const anas = await cookiesOf('ana.silva');
    const app = site({ roles: ['lead'] });
    const fields = await shown(meis);
    const added = [...fields, ['seen', 'HALT halt#later#x']] as [string, string][];
    const statuses = [
      await submit(fields, anas, { app }),
      await submit(added, meis),
      await submit(
        fields.filter(([name]) => name !== 'nonce'),
        meis,
      ),
      await submit(fields, meis, { why: '  ' }),
      await submit(fields, meis, { to: 'halt' }),
      await post(RESUME, [...fields, ['mode', 'run'], ['why', 'x']], {
        cookie: meis,
        headers: { 'Sec-Fetch-Site': 'cross-site' },
      }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([409, 409, 422, 422, 422, 403]);
    now = minute(6);
    const later = await cookiesOf('mei.tanaka');
    expect((await submit(fields, later)).status, 'stale').toBe(409);
    expect([await mode(), sent]).toEqual(['halt', []]);
  });

  test('adds nothing when the same form is posted again, also after another halt', async () => {
    const cookie = await cookiesOf('mei.tanaka');
    const fields = await shown(cookie);
    await submit(fields, cookie);
    await post(HALT, [], { cookie });
    expect((await submit(fields, cookie)).status).toBe(303);
    expect(await mode()).toBe('halt');
    expect(await store.table.query(`RESUME#${account}`)).toHaveLength(1);
  });

  test('escapes the reason of a halt, and names the person of a laptop', async () => {
    const why = '<img src=x onerror=alert(1)>';
    const at = now.toISOString();
    await store.killSwitch.halt(account, { mode: 'ask', by: 'person:ben.okafor', at, why });
    const answer = await site({ actsAs: 'mei.tanaka' }).request(RESUME);
    const page = await answer.text();
    expect(page).not.toContain('<img');
    expect(page).toContain('No one signs in on this machine. You act as Mei Tanaka.');
    expect(answer.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  });
});
