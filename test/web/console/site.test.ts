// The console's pages: who may open them, what they show, and notes.

import { Hono } from 'hono';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../../functions/domain/action.ts';
import type { Citable } from '../../../functions/domain/citable.ts';
import { unknown } from '../../../functions/domain/facts.ts';
import { plainTitle } from '../../../functions/messaging/texts/reason.ts';
import { startConsole, startSession } from '../../../functions/sign-in/session.ts';
import { append } from '../../../functions/store/hash-chain.ts';
import { incidentKey } from '../../../functions/store/layout.ts';
import type { Store } from '../../../functions/store/store.ts';
import { createConsole } from '../../../functions/web/console/site.ts';
import {
  alertWith,
  attacker,
  factsAbout,
  factsWith,
  INCIDENT_ID,
  POLICY,
  theAlertItself,
} from '../../fixtures/case.ts';
import { memoryTable, storeOn } from '../../store/memory-table.ts';
import { BASE_URL, inForce, mac, minute, pages, put, waiting } from '../approval-pages.ts';

const signIn = {
  issuer: 'https://x.example',
  clientId: 'c',
  clientSecret: 's',
  claim: 'email',
  acrValues: [],
};
const PAGE = `/console/incident/${INCIDENT_ID}`;

let store: Store;
let ids: number;
beforeEach(() => {
  store = storeOn(memoryTable());
  ids = 0;
});

const site = (change: Partial<Parameters<typeof createConsole>[0]> = {}) =>
  createConsole({
    store,
    policy: { ...POLICY, signIn },
    mac,
    pages,
    actsAs: null,
    newId: () => `id-${++ids}`,
    webBaseUrl: BASE_URL,
    now: () => minute(4),
    log: () => {},
    ...change,
  });

/** The cookie of a person who signed in, as the pages set it. */
async function sessionOf(person: string, at = minute(3), start = startConsole): Promise<string> {
  const app = new Hono().get('/', async (c) => {
    await start({ pages, newId: () => 'id', now: () => at }, c, person);
    return c.text('');
  });
  const [cookie = ''] = (await app.request('/')).headers.getSetCookie();
  return cookie.split(';')[0] ?? '';
}

const open = async (path: string, person = 'ana.silva') =>
  site().request(path, { headers: { cookie: await sessionOf(person) } });
const post = async (path: string, form: Record<string, string>, headers = {}) =>
  site().request(path, {
    method: 'POST',
    headers: {
      cookie: await sessionOf('ana.silva'),
      'Content-Type': 'application/x-www-form-urlencoded',
      'Sec-Fetch-Site': 'same-origin',
      ...headers,
    },
    body: new URLSearchParams(form).toString(),
  });

describe('who may open the console', () => {
  test('sends everyone who is not signed in to the sign-in, and shows nothing', async () => {
    await put(store, waiting());
    const other = await sessionOf('ana.silva');
    const forged = `${other.slice(0, -4)}AAAA`;
    const old = await sessionOf('ana.silva', minute(-8 * 60));
    for (const cookie of ['', forged, old, await sessionOf('someone.else')]) {
      const answer = await site().request(PAGE, { headers: { cookie } });
      expect(answer.status).toBe(303);
      expect(answer.headers.get('location')).toBe(
        `/sign-in/console?to=${encodeURIComponent(PAGE)}`,
      );
      expect(await answer.text()).toBe('');
    }
  });

  test('accepts no session of the decision pages', async () => {
    await put(store, waiting());
    const decides: typeof startConsole = (deps, c, person) =>
      startSession(deps, c, { person, authTime: null });
    const cookie = await sessionOf('ana.silva', minute(3), decides);
    expect((await site().request(PAGE, { headers: { cookie } })).status).toBe(303);
  });

  test('shows nothing to a person without a role that reads', async () => {
    await put(store, waiting());
    const people = { ...POLICY.escalation.people };
    people['ana.silva'] = { ...people['ana.silva']!, roles: [] };
    const policy = { ...POLICY, signIn, escalation: { ...POLICY.escalation, people } };
    const cookie = await sessionOf('ana.silva');
    const page = await site({ policy }).request(PAGE, { headers: { cookie } });
    expect(page.status).toBe(403);
    expect(await page.text()).not.toContain('203.0.113.7');
  });

  test('lets a viewer read, and neither note nor decide', async () => {
    const { actionId } = await put(store, waiting());
    const people = { ...POLICY.escalation.people };
    people['ana.silva'] = { ...people['ana.silva']!, roles: ['viewer'] };
    const policy = { ...POLICY, signIn, escalation: { ...POLICY.escalation, people } };
    const viewed = site({ policy });
    const cookie = await sessionOf('ana.silva');
    const page = await viewed.request(PAGE, { headers: { cookie } });
    expect(page.status).toBe(200);
    expect(await page.text()).not.toMatch(
      /<form(?! method="post" action="\/console\/sign-out")|\/decide[/"]/,
    );
    const decide = await viewed.request(`${PAGE}/decide/${actionId}`, { headers: { cookie } });
    expect(decide.status).toBe(403);
    const note = await viewed.request(`${PAGE}/notes`, {
      method: 'POST',
      headers: { cookie, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'text=x',
    });
    expect(note.status).toBe(403);
    expect((await store.notes.of(INCIDENT_ID)).found).toEqual([]);
  });

  test('keeps the filters of a list when it leads to the sign-in', async () => {
    const answer = await site().request('/console?severity=high&q=key');
    expect(answer.headers.get('location')).toBe(
      `/sign-in/console?to=${encodeURIComponent('/console?severity=high&q=key')}`,
    );
  });

  test('shows the stop button although nothing can be read', async () => {
    await put(store, waiting());
    store.records.outstanding = () => Promise.reject(new Error('throttled'));
    const page = await open(PAGE);
    expect(page.status).toBe(500);
    expect(await page.text()).toContain('action="/console/halt"');
  });

  test('says in the status strip that records can’t be read', async () => {
    await put(store, waiting());
    const key = incidentKey('action', INCIDENT_ID, 'act-0123456789abcdef-9');
    const attentionAt = minute(90).toISOString();
    await store.table.put({ ...key, record: { attentionAt }, open: 'yes', attentionAt });
    expect(await (await open(PAGE)).text()).toContain('1 record unreadable');
  });

  test('writes no note for someone who is not signed in', async () => {
    await put(store, waiting());
    const answer = await post(`${PAGE}/notes`, { text: 'x' }, { cookie: '' });
    expect(answer.status).toBe(303);
    expect((await store.notes.of(INCIDENT_ID)).found).toEqual([]);
  });
});

describe('the page of an incident', () => {
  test('shows what happened, which requests are open until when, and what is due', async () => {
    await put(store, waiting());
    const page = await (await open(PAGE)).text();
    expect(page).toContain('Nothing has been changed.');
    expect(page).toContain(
      'Ana Silva decides by 03:15 UTC whether to block web requests from 203.0.113.7.',
    );
    expect(page).toContain('Due: Ben Okafor will be asked if no one has answered.');
    expect(page).toContain('11 min to decide');
  });

  test('shows the undo of a change in force, with the time left', async () => {
    await put(store, inForce());
    const page = await (await open(PAGE)).text();
    expect(page).toContain('Countermand blocked web requests from 203.0.113.7.');
    expect(page).toContain('undo in 59 min');
    expect(page).toContain('Due: the undo, unless a person keeps the change');
  });

  test('escapes text of the alert in the page and in the drawing', async () => {
    const title = '</svg><script>alert(1)</script>';
    await put(store, waiting(), alertWith({ title, type: 'Unknown:Type/<u>' }));
    const page = await (await open(PAGE)).text();
    expect(page).not.toMatch(/<script|<u>/);
    expect(page).toContain('&lt;script&gt;');
  });

  test('shows proposals with the same text once, with their number', async () => {
    await put(store, waiting({ status: 'declined' }));
    for (const n of [2, 3])
      await store.records.createAction(
        waiting({ status: 'declined', actionId: `act-0123456789abcdef-${n}` }),
      );
    const page = await (await open(PAGE)).text();
    const [, list = ''] = page.split('id="not-done"');
    const [shown = ''] = list.split('</ul>');
    expect(shown.match(/Block web requests from 203\.0\.113\.7/g)).toHaveLength(1);
    expect(shown).toContain('3 times');
  });

  test('says that nothing was changed when a harmless action waited in vain for a slot', async () => {
    const failure = 'NoSlot: no slot is free: 10 automatic actions in the last minute';
    const change = { status: 'failed', name: 'add_ip_to_watchlist', failure } as const;
    await put(store, inForce({ ...change, appliedAt: null, approval: null }));
    const page = await (await open(PAGE)).text();
    expect(page).toContain('Nothing has been changed.');
    expect(page).toContain('No slot is free: 10 automatic actions');
    expect(page).not.toContain('NoSlot');
  });

  test('leads to the reader’s open request above the timeline, and no one else', async () => {
    await put(store, waiting());
    const head = async (person: string) =>
      (await (await open(PAGE, person)).text()).split('id="timeline"')[0];
    expect(await head('ana.silva')).toContain(`href="${PAGE}/decide">Review 1 action</a>`);
    expect(await head('mei.tanaka')).not.toContain('/decide');
  });

  test('names the actions of the analysis as people do', async () => {
    await put(store, waiting());
    const page = await (await open(PAGE)).text();
    const [, analysis = ''] = page.split('Analysis by a-model');
    expect(analysis).toContain('Block web requests from 203.0.113.7');
    expect(analysis).not.toContain('block_ip');
  });

  test('shows what the product observed as evidence, by the kind of the line', async () => {
    await put(store, waiting());
    const line = { source: 'guardduty', isUntrusted: false, refs: [] };
    const citable: Citable[] = [
      { ...line, id: 'E1', kind: 'port-probe', text: 'E1 guardduty port-probe: ports=22' },
      { ...line, id: 'E2', kind: 'resource', text: 'E2 guardduty resource: state=running' },
    ];
    const changes = unknown('no trail keeps them');
    const facts = { ...factsWith(factsAbout('ip-1', { changes })), citable };
    await store.records.putFacts(INCIDENT_ID, alertWith().alertId, facts);
    const page = await (await open(PAGE)).text();
    const [supports = '', others = ''] = page.split('Evidence against it');
    expect(supports).toMatch(/Port 22 was probed\..{0,40}GuardDuty/);
    expect(page).not.toContain('running');
    expect(others).toMatch(/Its recent changes in CloudTrail.{0,40}No trail keeps them/);
    const { evidence } = JSON.parse(await (await open(`${PAGE}/report.json`)).text());
    expect(evidence.supports).toContainEqual({ text: 'Port 22 was probed.', from: 'GuardDuty' });
  });

  test('has the title of the alert that people decide about, and names the more severe one', async () => {
    await put(store, waiting());
    await store.records.changeIncident(INCIDENT_ID, (current) => ({
      ...current,
      version: current.version + 1,
      alerts: [
        ...current.alerts,
        {
          ...current.alerts[0]!,
          alertId: 'al-ffffffffffffffff',
          severity: 'critical',
          title: 'A check',
        },
      ],
    }));
    const page = await (await open(PAGE)).text();
    expect(page).toContain(`<h1>${plainTitle(alertWith())}</h1>`);
    expect(page).toContain('Its critical alert: <bdi>A check</bdi>');
  });

  test('does not deny an attack in the title, which another alert may show', async () => {
    const type = 'Inspector:PACKAGE_VULNERABILITY';
    await put(store, waiting(), alertWith({ type }));
    const page = await (await open(PAGE)).text();
    const [, title = ''] = page.match(/<h1[^>]*>([^<]*)/) ?? [];
    expect(title).toMatch(/found a vulnerability$/);
  });

  test('answers 404 for an incident that does not exist and for a malformed ID', async () => {
    for (const id of ['inc-2aaaaaaaaaaaaaaaa', 'x', '..%2F..'])
      expect((await open(`/console/incident/${id}`)).status).toBe(404);
  });
});

describe('where the reader decides', () => {
  const decide = (id: string) => `${PAGE}/decide/${id}`;

  test('redirects a person who was asked to the request, and no one else', async () => {
    const { actionId } = await put(store, waiting());
    const ana = await open(decide(actionId));
    expect(ana.headers.get('location')).toMatch(`${BASE_URL}/approve/`);
    expect((await open(decide(actionId), 'mei.tanaka')).status).toBe(410);
  });

  test('leads from an incident to the question of a person who was asked, and others to its page', async () => {
    await put(store, waiting());
    const question = await open(`${PAGE}/decide`);
    expect(question.headers.get('location')).toMatch(`${BASE_URL}/approve/`);
    expect((await open(`${PAGE}/decide`, 'mei.tanaka')).headers.get('location')).toBe(PAGE);
  });

  test('redirects to the review of a change in force', async () => {
    const { actionId } = await put(store, inForce());
    expect((await open(decide(actionId))).headers.get('location')).toMatch(`${BASE_URL}/review/`);
  });
});

describe('notes', () => {
  test('shows a note as text, with its author, and never as markup', async () => {
    await put(store, waiting());
    const answer = await post(`${PAGE}/notes`, { text: 'Called them.\n<img src=x onerror=y>' });
    expect(answer.status).toBe(303);
    const page = await (await open(PAGE)).text();
    expect(page).toContain('Called them.\n&lt;img src=x onerror=y&gt;');
    expect(page).toContain('Ana Silva, 03:04 UTC');
  });

  test('accepts no form of another site and no empty or overlong note', async () => {
    await put(store, waiting());
    const path = `${PAGE}/notes`;
    const foreign = await post(path, { text: 'x' }, { 'Sec-Fetch-Site': 'cross-site' });
    expect(foreign.status).toBe(403);
    for (const text of ['  ', 'x'.repeat(2001)]) {
      const answer = await post(path, { text });
      expect(answer.status).toBe(422);
      expect(await answer.text()).toContain('Note: expected 1 to 2000 characters');
    }
    expect((await store.notes.of(INCIDENT_ID)).found).toEqual([]);
  });
});

describe('an incident of any size', () => {
  const entity = { ...attacker, value: '203.0.113.7', ref: 'user-1', kind: 'iam-user' } as const;
  const search = async (value: string) => {
    await put(store, waiting(), alertWith({ entities: [{ ...entity, value }, theAlertItself] }));
    const [, query = ''] =
      /href="\/console\?q=([^"]+)"/.exec(await (await open(PAGE)).text()) ?? [];
    return new URLSearchParams(`q=${query}`).get('q');
  };

  test('has a page that Lambda can return when an attacker causes 200 actions', async () => {
    await put(store, waiting());
    const considered = Array.from({ length: 60 }, (_, i) => ({
      ...{ rule: `rule-${i}`, inputs: '"&<'.repeat(100), verdict: null },
    }));
    for (let i = 0; i < 200; i++) {
      const actionId = `act-${String(i).padStart(16, '0')}-1`;
      const history = Array.from({ length: 8 }, (_, k) => k).reduce<Action['history']>(
        (all, k) =>
          append(actionId, all, {
            ...{ at: minute(k), by: 'execute', event: 'told', text: '"&<'.repeat(300) },
          }),
        [],
      );
      await store.records.createAction(inForce({ actionId, considered, history }));
    }
    const page = await (await open(PAGE)).text();
    expect(JSON.stringify(page).length).toBeLessThan(4_000_000);
    expect(page).toMatch(/The latest 200 of 16\d\d\. The JSON export has all\./);
  });

  test.each(['a'.repeat(300), 'lone \ud800 half', 'a&b=<c>#d'])(
    'has links that search for any entity (%j)',
    async (value) => {
      expect(await search(value)).toBe(value.slice(0, 100).toWellFormed());
    },
  );

  test('an incident holds 200 notes, and the next one is refused with the reason', async () => {
    await put(store, waiting());
    const note = { at: minute(3).toISOString(), by: 'ana.silva', text: 'x' };
    for (let i = 0; i < 199; i++) await store.notes.add(INCIDENT_ID, `${i}`, note);
    expect((await post(`${PAGE}/notes`, { text: 'the last one' })).status).toBe(303);
    const answer = await post(`${PAGE}/notes`, { text: 'one too many' });
    expect([answer.status, await answer.text()]).toEqual([
      409,
      expect.stringContaining('as many notes as it can hold'),
    ]);
    const page = await (await open(PAGE)).text();
    expect(page).toContain('the last one');
    expect(page).toContain('The latest 50 of 200.');
  });
});

describe('the report of an incident', () => {
  const title = '[click](javascript:x) <img src=x> `code` https://evil.example';
  const report = async (format: string, action = waiting()) => {
    await put(store, action, alertWith({ title, type: 'Custom:Unknown' }));
    return open(`${PAGE}/report.${format}`);
  };

  test('is Markdown in which text of the alert is neither a link nor markup', async () => {
    const answer = await report('md');
    expect(answer.headers.get('content-disposition')).toContain(`${INCIDENT_ID}.md`);
    const text = await answer.text();
    expect(text).toContain('\\[click\\](javascript:x)');
    expect(text).not.toMatch(/[^\\]<img|https:\/\/evil/);
    expect(text).toContain('## Timeline');
    expect(text).toContain('Ana Silva decides by 03:15 UTC');
  });

  test('names the actions of the analysis as people do', async () => {
    const text = await (await report('md')).text();
    expect(text).toMatch(/## Analysis[\s\S]*Block 203\.0\.113\.7 at the firewall, confidence 90/);
  });

  test('has no heading or list that a text of the alert begins', async () => {
    await put(store, waiting(), alertWith({ title: ' # Heading', type: 'Custom:Unknown' }));
    for (const text of ['# x', '1. x', '- x'])
      await store.notes.add(INCIDENT_ID, text, {
        at: minute(1).toISOString(),
        by: 'ana.silva',
        text,
      });
    const text = await (await open(`${PAGE}/report.md`)).text();
    expect(text.match(/^ *#+ [^A-Z“]/gm)).toBeNull();
    expect(text).not.toMatch(/^- (?:#|-|\d+\.) /m);
  });

  test('has the commands of an action that a person may carry out', async () => {
    const text = await (await report('md', waiting({ status: 'expired' }))).text();
    expect(text).toMatch(/## Commands[\s\S]*```sh\n[^`]*aws wafv2 /);
  });

  test('is a page to print, with the same parts', async () => {
    const page = await (await report('html')).text();
    expect(page).toContain('<h2>Timeline</h2>');
    expect(page).not.toMatch(/<img|<nav|<script/);
  });

  test('is JSON with hashes, without task tokens and proofs', async () => {
    const action = waiting();
    const exported = await (await report('json', action)).text();
    expect(JSON.parse(exported).actions[0].history[0].hash).toBe(action.history[0]!.hash);
    expect(exported).not.toMatch(/token-1|taskToken|"proof"|"ruling"/);
  });
});
