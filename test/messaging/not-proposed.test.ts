// Counts of actors and targets that no action covers.
import { afterEach, expect, test } from 'vitest';
import { asText } from '../../functions/messaging/channels/channel.ts';
import { notProposed } from '../../functions/messaging/texts/not-proposed.ts';
import { attacker, leakedKey, theAlertItself } from '../fixtures/case.ts';
import { alertAbout } from '../flow/generic-alert.ts';
import { createWorld, type World } from '../flow/world.ts';
import { waiting } from '../web/approval-pages.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

const addresses = Array.from({ length: 40 }, (_, n) => ({
  ...attacker,
  value: `198.51.${n % 4}.${n + 1}`,
}));
const alert = { entities: [theAlertItself, ...addresses] };
const on = (targets: typeof addresses, change = {}) =>
  targets.map((target) => waiting({ target, ...change }));

test.each([
  ['nothing is proposed, because then nothing was left out', [], []],
  ['every address is proposed', on(addresses), []],
  [
    'an action was dropped',
    [...on(addresses.slice(0, 1)), ...on(addresses.slice(1), { status: 'dropped' })],
    ['39 of 40 IP addresses (attacker), in 4 networks'],
  ],
  [
    'an action joined another one',
    [
      ...on(addresses.slice(0, 1)),
      ...on(addresses.slice(1, 39), {
        status: 'dropped',
        reasons: [{ code: 'already-requested', text: 'Already' }],
      }),
    ],
    ['1 of 40 IP addresses (attacker), in 1 network'],
  ],
])('counts the addresses when %s', (_, actions, lines) =>
  expect(notProposed([alert], actions)).toEqual(lines),
);

test('counts the networks of IPv6 addresses by their first 64 bits', () => {
  const values = ['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1', '2001:db8:1:2:3:4:5:6'];
  const entities = [...addresses.slice(0, 1), ...values.map((value) => ({ ...attacker, value }))];
  expect(notProposed([{ entities }], on(addresses.slice(0, 1)))).toEqual([
    '4 of 5 IP addresses (attacker), in 3 networks',
  ]);
});

test('counts each kind, once for all alerts of an incident', () => {
  const keys = [1, 2, 3].map((n) => ({ ...leakedKey, value: `AKIAIOSFODNN7EXAMPL${n}` }));
  const entities = [...alert.entities, ...keys];
  const actions = [...on(addresses.slice(0, 3)), ...on(keys.slice(0, 1))];
  const lines = [
    '37 of 40 IP addresses (attacker), in 4 networks',
    '2 of 3 access keys (source of the activity)',
  ];
  expect(notProposed([{ entities }, { entities }], actions)).toEqual(lines);
  expect(notProposed([{ entities }], actions, leakedKey)).toEqual(lines.slice(1));
});

test('says in the question, on its page and in the ticket how many addresses are not proposed, even if the model leaves them out', async () => {
  world = await createWorld({
    analyst: {
      origin: 'anthropic',
      model: 'a-model',
      judge: async () => ({ verdict: 'malicious', summary: 'One address.', recommendations: [] }),
    },
  });
  const named = addresses.map(({ kind, value, part }) => ({ kind, value, part }));
  await world.deliver(alertAbout('1', 'Recon:EC2/PortProbeUnprotectedPort', named));
  const text = 'Not proposed: 37 of 40 IP addresses (attacker), in 4 networks';
  const question = world.runtime
    .inbox()
    .find(({ message }) => message.subject.startsWith('Approve'));
  expect(question && asText(question.message)).toContain(text);
  const { page } = await world.read(world.link('ana.silva'));
  expect(page).toContain(
    '<strong>Not proposed:</strong> 37 of 40 IP addresses (attacker), in 4 networks',
  );
  await world.pass(1);
  expect(
    world.runtime
      .tickets()
      .map((ticket) => JSON.stringify(ticket))
      .join(),
  ).toContain(text);
});
