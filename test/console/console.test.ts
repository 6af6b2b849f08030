// The demo's start page: what it sends, its messages, and its account.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Site, startSite } from '../browser/site.ts';
import { POLICY } from '../fixtures/case.ts';
import { sample } from '../flow/world.ts';

let site: Site;
beforeEach(async () => {
  site = await startSite();
});
afterEach(() => site.stop());

const start = async () => (await fetch(site.url)).text();
/** The section under this heading, without the markup. */
const section = async (id: string): Promise<string> => {
  const [, text = ''] = (await start()).split(`<h2 id="${id}">`);
  return (text.split('</section>')[0] ?? '')
    .replaceAll('<wbr>', '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
};

/** The web probe from another address, at another host: an incident of its own. */
const probeFrom = (i: number): unknown =>
  JSON.parse(
    JSON.stringify(sample('web-port-probe'))
      .replaceAll('203.0.113.66', `203.0.113.${100 + i}`)
      .replaceAll('i-0aa1bb2cc3dd4ee5f', `i-0aa1bb2cc3dd4e${100 + i}`)
      .replaceAll('3ec7a5f0b1d24c6e8a9f0b1c2d3e4f50', `finding-${i}`),
  );

const post = (path: string, fields: Record<string, string>, origin = site.url) =>
  fetch(site.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });

test('accepts forms from the page under both host names, and none from another site', async () => {
  const send = async (origin: string) => (await post('/samples/mining', {}, origin)).status;
  const { port } = new URL(site.url);
  expect(await send('http://evil.example')).toBe(403);
  expect(await send(`http://localhost:${Number(port) + 1}`)).toBe(403);
  expect(await site.world.incidents()).toEqual([]);
  expect(await send(`http://localhost:${port}`)).toBe(303);
  expect(await site.world.incidents()).toHaveLength(1);
});

test('answers that a page is current until something changes', async () => {
  const first = await fetch(site.url);
  const tag = first.headers.get('etag') ?? '';
  const again = async () => (await fetch(site.url, { headers: { 'If-None-Match': tag } })).status;
  expect([first.status, await again()]).toEqual([200, 304]);
  await site.world.deliver(sample('web-port-probe'));
  expect(await again()).toBe(200);
});

test('puts the changes back after the console emptied the lists as a deployment does', async () => {
  const { world } = site;
  await world.deliver(sample('web-port-probe'));
  await world.pass(2);
  await post('/empty-ip-sets', { by: 'deployment' });
  expect(await section('inbox')).toContain(
    'Putting back 203.0.113.66/32 in the IP set countermand-watch-ipv4',
  );
  const watched = world.runtime.ipSets().flatMap(({ addresses }) => addresses);
  expect(watched).toEqual(['203.0.113.66/32']);
});

describe('the messages', () => {
  test('lists open requests first in the inbox, and shows the outcome of a decided one', async () => {
    const { world } = site;
    await world.deliver(probeFrom(1));
    await world.approve('ana.silva');
    await world.deliver(probeFrom(2));
    await world.deliver(sample('exec-in-pod'));
    const inbox = await section('inbox');
    expect(inbox).toMatch(
      /^ ?Messages to people Medium: Approve\? Block web requests from 203\.0\.113\.102/,
    );
    expect(inbox.match(/Open, then approve or decline/g)).toHaveLength(1);
    expect(inbox).toMatch(/203\.0\.113\.101 .*now in force .*See the outcome/);
  });

  test('lists eight messages at the start, and all of them on pages of ten', async () => {
    for (let i = 0; i < 12; i++) await site.world.deliver(probeFrom(i));
    const count = site.world.runtime.inbox().length;
    const messagesOn = async (path: string) =>
      (await (await fetch(site.url + path)).text()).match(/<article class="msg/g)?.length;
    expect(await section('inbox')).toContain(`All ${count} messages`);
    expect([await messagesOn('/'), await messagesOn('/messages')]).toEqual([8, 10]);
    expect(await messagesOn('/messages?page=2')).toBe(count - 10);
    expect(await messagesOn('/messages?page=-1')).toBe(10);
  });
});

describe('an action in shadow mode', () => {
  test('shows a link to judge an observed action, and counts the judgement in the summary', async () => {
    const { world, url } = site;
    const shadow = { ...POLICY, mode: 'shadow' as const };
    const other = await startSite(() => ({ policy: shadow }));
    await other.world.deliver(sample('web-port-probe'));
    const summaryOf = async (at: string) => (await fetch(`${at}/shadow`)).text();
    expect(await summaryOf(other.url)).toContain('1 recorded: 0 right, 0 wrong, 1 not judged');
    const [link = ''] = (await (await fetch(other.url)).text()).match(/\/judge\/[\w.-]+/) ?? [];
    await other.world.choose(link, { judgement: 'right', note: '' });
    const summary = await summaryOf(other.url);
    expect(summary).toContain('1 recorded: 1 right, 0 wrong, 0 not judged');
    // No one is asked to judge tickets, so they would never be judged.
    expect(summary).not.toContain('ticket');
    await other.stop();
    await world.deliver(sample('web-port-probe'));
    expect(await summaryOf(url)).toContain('Nothing recorded yet');
  });
});

describe('the message about an expired request', () => {
  test('the message about an expired request still offers to request the action again', async () => {
    const { world } = site;
    await world.deliver(sample('web-port-probe'));
    await world.pass(16);
    expect(await section('inbox')).toContain('Request again');
  });
});

test('writes the folded parts of an incident in words', async () => {
  const { world } = site;
  const again = (finding: unknown) =>
    JSON.parse(JSON.stringify(finding).replaceAll('3ec7a5f0b1d24c6e8a9f0b1c2d3e4f50', 'another'));
  const probe = sample('web-port-probe');
  for (const one of [probe, again(probe), sample('mining'), sample('bucket-read')])
    await world.deliver(one);
  for (const { incidentId } of await world.incidents()) {
    const page = await (await fetch(`${site.url}/console/incident/${incidentId}`)).text();
    const text = page.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    for (const part of ['rules passed', 'May run without a person', 'Confidence 100 of 100'])
      expect(text).toContain(part);
    expect(text, 'the account has what the samples name').not.toContain('cannot be found');
    expect(text).not.toMatch(/\b[a-z]+(_[a-z]+)+\b|&quot;|\bact-\d|\d{4}-\d\d-\d\dT|by gate/);
  }
});
