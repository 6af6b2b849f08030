// A second finding joins the action that already has its effect.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NEWS } from '../../functions/domain/effect-state.ts';
import { statusLine } from '../../functions/messaging/texts/phrases.ts';
import { withEntry } from '../../functions/store/hash-chain.ts';
import { singleKey } from '../../functions/store/layout.ts';
import { createWorld, sample, type World } from './world.ts';

const ATTACKER = '203.0.113.66/32';
let world: World;
beforeEach(async () => {
  world = await createWorld();
});
/** Whether an alarm must name what the test planted. */
let isPlanted = false;
afterEach(async () => {
  const planted = isPlanted;
  isPlanted = false;
  await world.stop({ planted });
});

/** Another finding of the same probe. */
const probe = (id: string, change: object = {}): Record<string, unknown> => {
  const event = sample('web-port-probe') as { detail: Record<string, unknown> };
  return { ...event, detail: { ...event.detail, id, ...change } };
};
const blocks = async () =>
  (await world.actions())
    .filter(({ mechanism }) => mechanism === 'waf.block-address')
    .sort((a, b) => a.createdAt.localeCompare(b.createdAt));
const statuses = async () => (await blocks()).map(({ status }) => status);
const codes = async () =>
  (await blocks()).map(({ reasons }) => reasons.map(({ code }) => code).join(' '));
const questions = () =>
  world
    .subjectsTo('ana.silva')
    .filter((subject) => subject.startsWith('Approve') && subject.includes('web requests'));

describe('a second finding about a block', () => {
  test('asks no one again while the first request is open', async () => {
    await world.deliver(probe('first'));
    const asked = questions().length;
    await world.pass(2);
    await world.deliver(probe('second'));
    expect((await statuses()).sort()).toEqual(['awaiting-approval', 'dropped']);
    expect((await codes())[1]).toContain('already-requested');
    expect(statusLine((await blocks())[1]!)).toMatch(/: joined the action with the same effect$/);
    expect(questions()).toHaveLength(asked);
  });

  test('is recorded in the history of the action that it joins', async () => {
    await world.deliver(probe('first'));
    await world.deliver(probe('second'));
    const [first] = await blocks();
    expect(first?.history.filter(({ event }) => event === 'joined')).toHaveLength(1);
  });

  test('does not extend the block that is in force', async () => {
    await world.deliver(probe('first'));
    await world.approve('ana.silva');
    const [first] = await blocks();
    const left = (Date.parse(first?.dueAt ?? '') - world.clock.now().getTime()) / 60_000;
    await world.pass(Math.floor(left) - 1);
    expect(world.blocked()).toEqual([ATTACKER]);
    await world.deliver(probe('second'));
    expect((await codes())[1]).toContain('already-in-force');
    await world.pass(3);
    expect(world.blocked()).toEqual([]);
    expect(await statuses()).toEqual(['reversed', 'dropped']);
  });

  test('asks again after the first request was declined', async () => {
    await world.deliver(probe('first'));
    await world.decline('ana.silva');
    await world.pass(1);
    await world.deliver(probe('second'));
    expect(await statuses()).toEqual(['declined', 'awaiting-approval']);
  });

  test('asks again after the first request expired', async () => {
    await world.deliver(probe('first'));
    await world.pass(17);
    await world.deliver(probe('second'));
    expect(await statuses()).toEqual(['expired', 'awaiting-approval']);
  });

  test('asks again after a person undid the first block only if the severity is high', async () => {
    await world.deliver(probe('first'));
    await world.approve('ana.silva');
    await world.pass(3);
    await world.choose(world.link('ana.silva', 'Blocked web requests'), { review: 'reverse' });
    expect(world.blocked()).toEqual([]);
    await world.deliver(probe('second'));
    expect(await statuses()).toEqual(['reversed']);
    await world.deliver(probe('third', { severity: 8 }));
    expect(await statuses()).toEqual(['reversed', 'awaiting-approval']);
  });
});

test('ten findings that arrive at the same moment make one request', async () => {
  const findings = Array.from({ length: 10 }, (_, n) => probe(`finding-${n}`));
  await Promise.all(findings.map((one) => world.runtime.accept(JSON.stringify(one))));
  await world.runtime.engine.quiet();
  const all = await statuses();
  expect(all).toHaveLength(10);
  expect(all.filter((status) => status === 'awaiting-approval')).toHaveLength(1);
  expect(all.filter((status) => status === 'dropped')).toHaveLength(9);
});

describe('a claim that another writer replaced', () => {
  const claimOf = async () => {
    const [first] = await blocks();
    return singleKey('effect', first?.effectKey ?? '');
  };

  test('does not stop a later finding from requesting approval', async () => {
    await world.deliver(probe('first'));
    const key = await claimOf();
    const { table } = world.runtime.store;
    await world.decline('ana.silva');
    const genuine = await table.get(key);
    isPlanted = true;
    await table.put({ ...key, proof: 'planted.planted', version: 7 });
    await world.deliver(probe('second'));
    expect(await statuses()).toEqual(['declined', 'awaiting-approval']);
    await world.decline('ana.silva');
    await table.put({ ...genuine, ...key });
    await world.deliver(probe('third'));
    expect(await statuses()).toEqual(['declined', 'declined', 'awaiting-approval']);
  });
});

describe('a block that two actions hold', () => {
  /** As after a race, or with records of a version that claimed no effects. */
  const heldByTwo = async () => {
    await world.deliver(probe('first'));
    const [first] = await blocks();
    await world.runtime.store.table.remove(singleKey('effect', first?.effectKey ?? ''));
    await world.deliver(probe('second'));
    await world.approve('ana.silva');
    await world.pass(3);
    expect(await statuses()).toEqual(['in-force', 'in-force']);
  };
  const reminder = () => world.link('ana.silva', 'Blocked web requests');

  test('names the other action on the page, and "Undo now" ends it for both', async () => {
    await heldByTwo();
    const [first, second] = await blocks();
    const { page, post } = await world.read(reminder());
    const isSecond = page.includes(`Also needed by ${first?.actionId} of ${first?.incidentId}`);
    const other = isSecond ? first : second;
    expect(page).toContain(
      `Also needed by ${other?.actionId} of ${other?.incidentId}. An undo ends the change for all of them.`,
    );
    await post({ review: 'reverse' });
    expect(world.blocked()).toEqual([]);
    expect(await statuses()).toEqual(['reversed', 'reversed']);
  });

  test('is joined by a finding while the one that a person keeps is in force', async () => {
    await heldByTwo();
    await world.choose(reminder(), { review: 'keep' });
    await world.pass(4);
    expect((await statuses()).sort()).toEqual(['kept', 'reversed']);
    const kept = (await blocks()).find(({ status }) => status === 'kept');
    await world.runtime.store.table.remove(singleKey('effect', kept?.effectKey ?? ''));
    await world.deliver(probe('third'));
    const [joined] = (await codes()).slice(-1);
    expect(joined).toContain('already-in-force');
    expect(world.blocked()).toEqual([ATTACKER]);
  });

  test('stays until the later end when neither is undone early', async () => {
    await heldByTwo();
    const [first, second] = await blocks();
    expect(second!.dueAt! >= first!.dueAt!).toBe(true);
    await world.pass(4);
    expect(world.blocked()).toEqual([]);
  });
});

describe('an update that changes the finding while the request is open', () => {
  const update = (change: object, minutes = 5) => {
    const { detail, ...event } = probe('first') as { detail: object };
    const updatedAt = new Date(world.clock.now().getTime() + minutes * 60_000).toISOString();
    return { ...event, detail: { ...detail, updatedAt, ...change } };
  };
  const newsTo = (person: string) =>
    world.subjectsTo(person).filter((subject) => subject.startsWith('Updated request'));

  test('pages the people who were asked when the severity rises, with a link to decide', async () => {
    await world.deliver(probe('first'));
    await world.pass(1);
    await world.deliver(update({ severity: 9.5 }));
    expect(newsTo('ana.silva')).toHaveLength(1);
    const [told] = world.runtime
      .inbox()
      .filter(({ message }) => message.subject.startsWith('Updated request'));
    expect(told?.message).toMatchObject({
      urgency: 'page',
      paragraphs: [expect.stringMatching(/Severity raised from \w+ to critical/)],
    });
    expect(await statuses()).toEqual(['awaiting-approval', 'dropped']);
    await world.pass(1);
    await world.answer(world.link('ana.silva', 'Updated request'), 'approve', '');
    expect(world.blocked()).toEqual([ATTACKER]);
  });

  test('pages the people who were asked when the severity rises after many updates', async () => {
    await world.deliver(update({}, 1));
    const at = world.clock.now();
    const updates = Array.from({ length: 20 }, (_, n) => [NEWS, `New actor: number ${n}`]);
    for (const { incidentId, actionId, name } of await world.actions())
      for (const [event = '', text = ''] of [...updates, ['told', 'Notified']])
        await world.runtime.store.records.changeAction(incidentId, actionId, (current) =>
          name === 'block_ip_at_firewall'
            ? withEntry(current, { at, by: 'gate', event, text })
            : null,
        );
    await world.deliver(update({ severity: 9.5 }, 30));
    expect(newsTo('ana.silva')).toHaveLength(1);
  });

  test('pages the analyst on call when the severity rises and the block is in force', async () => {
    await world.deliver(update({ severity: 4 }, 1));
    await world.approve('ana.silva');
    expect(world.blocked()).toEqual([ATTACKER]);
    const pages = () =>
      world.runtime
        .inbox()
        .filter(({ message: { to, urgency } }) => to.kind === 'person' && urgency === 'page')
        .length;
    const before = pages();
    await world.pass(1);
    await world.deliver(update({ severity: 5 }));
    expect(pages()).toBe(before);
    await world.pass(1);
    await world.deliver(update({ severity: 8 }));
    expect(pages()).toBe(before + 1);
    expect((await world.action('send_analyst_notification')).recommendation.reasoning).toBe(
      'Severity raised from medium to high.',
    );
  });

  test('does not count an answer from a page that was opened before it, and shows the change', async () => {
    await world.deliver(probe('first'));
    const path = world.link('ana.silva');
    const before = await world.read(path);
    await world.pass(1);
    await world.deliver(update({ severity: 9.5 }));
    const refused = await before.post({ verdict: 'approve', reason: '' });
    expect(refused.status).toBe(409);
    expect(await refused.text()).toMatch(
      /The request was updated after you opened it: Severity raised/,
    );
    expect(world.blocked()).toEqual([]);
    await world.pass(1);
    const after = await world.read(path);
    const [aboveTheButtons = ''] = after.page.split('<button');
    expect(
      aboveTheButtons.match(/Updated at \d\d:\d\d UTC:<\/strong> Severity raised/g),
    ).toHaveLength(1);
    await after.post({ verdict: 'approve', reason: '' });
    expect(world.blocked()).toEqual([ATTACKER]);
  });

  test('counts an answer when the same finding only repeats', async () => {
    await world.deliver(probe('first'));
    const before = await world.read(world.link('ana.silva'));
    await world.pass(1);
    await world.deliver(update({}));
    await before.post({ verdict: 'approve', reason: '' });
    expect(world.blocked()).toEqual([ATTACKER]);
  });
});

describe('an alert that joins the incident and is more severe', () => {
  test('raises the incident on the page of the open request, and in the message about its outcome', async () => {
    await world.deliver(probe('first'));
    const other = JSON.stringify(probe('other')).replaceAll('203.0.113.66', '203.0.113.77');
    const { detail, ...event } = JSON.parse(other);
    await world.deliver({ ...event, detail: { ...detail, severity: 9.5 } });
    expect(await world.incidents()).toHaveLength(1);
    const { page } = await world.read(world.link('ana.silva', '203.0.113.66'));
    expect(page).toMatch(/<strong>Raised to critical at 03:00 UTC<\/strong> by “/);
    await world.pass(20);
    const texts = world.runtime.inbox().flatMap(({ message }) => message.paragraphs);
    expect(
      texts.filter((text) =>
        text.includes('This alert raised the incident from medium to critical.'),
      ),
    ).toHaveLength(1);
  });
});

describe('a finding that its product archives while the request is open', () => {
  const finding = (severity: number, archived = false) => {
    const event = probe('first') as { detail: { service: object } };
    const { detail } = event;
    const updatedAt = new Date(world.clock.now().getTime() + 60_000).toISOString();
    const service = { ...detail.service, archived };
    return { ...event, detail: { ...detail, severity, updatedAt, service } };
  };
  const told = () =>
    world.runtime
      .inbox()
      .filter(({ message: { to } }) => to.kind === 'person' && to.id === 'ana.silva')
      .at(-1)?.message;

  test('ends a medium request at once, and says that nothing was changed', async () => {
    await world.deliver(finding(5));
    const path = world.link('ana.silva');
    const before = await world.read(path);
    await world.pass(1);
    await world.deliver(finding(5, true));
    expect(await statuses()).toEqual(['expired']);
    const text =
      /Nothing was changed. The request was to block .*\sThe finding was closed at 03:01 UTC: its product marks it as archived/s;
    expect(told()).toMatchObject({
      urgency: 'inform',
      subject: expect.stringMatching(/^No longer needed: 2 requests, including one to block/),
      ends: expect.arrayContaining([expect.stringMatching(/^ask-/)]),
      paragraphs: [expect.stringMatching(text)],
    });
    const answered = await before.post({ verdict: 'approve', reason: '' });
    expect(answered.status).toBe(409);
    expect(await answered.text()).toMatch(text);
    expect((await world.read(path)).page).toMatch(text);
    expect(world.blocked()).toEqual([]);
    expect((await world.incidents())[0]).toMatchObject({ status: 'closed' });
    const opened = world.runtime.inbox().length;
    await world.pass(30);
    const later = world.runtime.inbox().slice(opened);
    expect(later.filter(({ message }) => message.subject.includes('Block'))).toEqual([]);
  });

  test('keeps a critical request open, with a notice on its page', async () => {
    await world.deliver(finding(9.5));
    await world.pass(1);
    await world.deliver(finding(9.5, true));
    const page = await world.read(world.link('ana.silva'));
    expect(page.page).toContain('The product that reported the finding now marks it as archived.');
    await page.post({ verdict: 'approve', reason: '' });
    expect(world.blocked()).toEqual([ATTACKER]);
  });

  test('keeps a request open whose finding became critical after the question', async () => {
    await world.deliver(finding(5));
    await world.pass(2);
    await world.deliver(finding(9.5));
    await world.pass(2);
    await world.deliver(finding(9.5, true));
    expect((await blocks())[0]?.status).toBe('awaiting-approval');
    await world.pass(1);
    await world.approve('ana.silva');
    expect(world.blocked()).toEqual([ATTACKER]);
  });

  test('keeps a request open while another active finding needs the same block', async () => {
    await world.deliver(finding(5));
    await world.deliver(probe('second'));
    await world.pass(1);
    await world.deliver(finding(5, true));
    expect((await blocks())[0]?.status).toBe('awaiting-approval');
    await world.approve('ana.silva');
    expect(world.blocked()).toEqual([ATTACKER]);
  });
});
