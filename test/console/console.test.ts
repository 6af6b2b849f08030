// The lists of the console, as its script fetches them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Site, startSite } from '../browser/site.ts';
import { POLICY } from '../fixtures/case.ts';
import { sample } from '../flow/world.ts';

let site: Site;
beforeEach(async () => {
  site = await startSite();
});
afterEach(() => site.stop());

const live = async () => (await fetch(`${site.url}/live`)).text();
/** The section under this heading, without the markup. */
const section = async (id: string): Promise<string> => {
  const [, text = ''] = (await live()).split(`<h2 id="${id}">`);
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

test('accepts forms from the console under both host names, and none from another site', async () => {
  const halt = async (origin: string) => {
    const headers = { origin, 'content-type': 'application/x-www-form-urlencoded' };
    const body = 'mode=halt';
    return (
      await fetch(`${site.url}/switch`, { method: 'POST', headers, body, redirect: 'manual' })
    ).status;
  };
  const { port } = new URL(site.url);
  expect(await halt('http://evil.example')).toBe(403);
  expect(await halt(`http://localhost:${Number(port) + 1}`)).toBe(403);
  expect(await halt(`http://localhost:${port}`)).toBe(303);
});

test('puts the changes back after the console emptied the lists as a deployment does', async () => {
  const { world } = site;
  await world.deliver(sample('web-port-probe'));
  await world.pass(2);
  const headers = { origin: site.url, 'content-type': 'application/x-www-form-urlencoded' };
  const body = 'by=deployment';
  await fetch(`${site.url}/empty-ip-sets`, { method: 'POST', headers, body });
  expect(await section('inbox')).toContain(
    'Putting back 203.0.113.66/32 in the IP set countermand-watch-ipv4',
  );
  const watched = world.runtime.ipSets().flatMap(({ addresses }) => addresses);
  expect(watched).toEqual(['203.0.113.66/32']);
});

describe('the list of actions in force', () => {
  test('lists an action in force after a dozen newer incidents, also when it was kept', async () => {
    const { world } = site;
    await world.deliver(sample('web-port-probe'));
    await world.approve('ana.silva');
    const [reviewBlock = ''] = (await live()).match(/\/review\/[\w.-]+/) ?? [];
    await world.choose(reviewBlock, { review: 'keep' });
    for (let i = 0; i < 13; i++) await world.deliver(probeFrom(i));

    expect(await world.incidents()).toHaveLength(14);
    const listed = await section('in-force');
    expect(listed).toContain('Blocked web requests from 203.0.113.66 Kept until someone undoes it');
    expect(listed).toContain('Added 203.0.113.66 to the watch list Undo in');
  }, 90_000);
});

describe('the inbox of the console', () => {
  test('lists open requests first in the inbox, and shows the outcome of a decided one', async () => {
    const { world } = site;
    await world.deliver(probeFrom(1));
    await world.approve('ana.silva');
    await world.deliver(probeFrom(2));
    await world.deliver(sample('exec-in-pod'));
    const inbox = await section('inbox');
    expect(inbox).toMatch(
      /^ ?On-call inbox Medium: Approve\? Block web requests from 203\.0\.113\.102/,
    );
    expect(inbox.match(/Open, then approve or decline/g)).toHaveLength(1);
    expect(inbox).toMatch(/203\.0\.113\.101 .*now in force See the outcome/);
  });
});

describe('an action in shadow mode', () => {
  test('shows an observed action with a link to judge it, and counts the judgement in the summary', async () => {
    const { world, url } = site;
    const shadow = { ...POLICY, mode: 'shadow' as const };
    const other = await startSite(() => ({ policy: shadow }));
    await other.world.deliver(sample('web-port-probe'));
    const shown = async () => (await fetch(`${other.url}/live`)).text();
    const [link = ''] = (await shown()).match(/\/judge\/[\w.-]+/) ?? [];
    expect(await shown()).toContain('not judged');
    await other.world.choose(link, { judgement: 'right', note: '' });
    expect(await shown()).toContain('judged <b>right</b>');
    const summary = await (await fetch(`${other.url}/shadow`)).text();
    expect(summary).toContain('1 recorded: 1 right, 0 wrong, 0 not judged');
    // No one is asked to judge tickets, so they would never be judged.
    expect(summary).not.toContain('ticket');
    expect(summary).not.toContain('<script');
    await other.stop();
    await world.deliver(sample('web-port-probe'));
    expect(await (await fetch(`${url}/shadow`)).text()).toContain('Nothing recorded yet');
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

describe('the steps of an alert', () => {
  test('shows the steps of an alert from its records after a restart', async () => {
    const { world } = site;
    await world.deliver(sample('web-port-probe'));
    await world.approve('ana.silva');
    const before = await section('incidents');
    world.runtime.events.length = 0;
    expect(await section('incidents')).toBe(before);
    expect(before).toContain(
      'done: approve done: enrich-again done: gate-again done: execute done: execute-approved',
    );
  });
});
