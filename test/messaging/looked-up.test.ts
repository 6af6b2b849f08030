// What look-ups found, in sentences for people.
import { expect, test } from 'vitest';
import { ConfigChanges } from '../../functions/domain/config-changes.ts';
import { known } from '../../functions/domain/facts.ts';
import type { Flows, Peer } from '../../functions/domain/flows.ts';
import { lookedUp, namesIn } from '../../functions/messaging/texts/looked-up.ts';
import { factsAbout, NOW } from '../fixtures/case.ts';
import { flowsWith, peerWith } from '../fixtures/flows.ts';

const AT = '2026-11-24T02:40:00.000Z';
const RANGE = { from: '2026-11-24T02:00:00.000Z', to: '2026-11-24T03:00:00.000Z' };
const nameOf = namesIn([
  { ref: 'instance-1', value: 'i-0aa' },
  { ref: 'ip-1', value: '203.0.113.7' },
]);
const textsOf = (found: object) =>
  lookedUp(factsAbout('instance-1', { address: null, ...found }), nameOf, NOW).map(
    ({ text }) => text,
  );

test.each<[Partial<Peer>, Partial<Flows>, string]>([
  [
    { accepted: 24, rejected: 1, proven: 24, ports: [22, 23], otherPorts: 2 },
    {},
    '24 connections from 203.0.113.7 to i-0aa (ports 22, 23 and 2 more) were accepted and 1 was rejected, the last at 02:40 UTC. In 24 of them, data went both ways.',
  ],
  [
    { accepted: 1, rejected: 0 },
    { recorded: 'accepted', isComplete: false },
    'At least 1 connection from 203.0.113.7 to i-0aa (port 22) was accepted, the last at 02:40 UTC. None is known to have carried data both ways.',
  ],
  [
    { accepted: 0, rejected: 3 },
    { recorded: 'rejected' },
    '3 connections from 203.0.113.7 to i-0aa (port 22) were rejected, the last at 02:40 UTC.',
  ],
  [
    { begunBy: 'host', accepted: 2, proven: 2, ports: [4444] },
    {},
    '2 connections from i-0aa to 203.0.113.7 (port 4444) were accepted, the last at 02:40 UTC.',
  ],
  [
    { begunBy: 'unclear', accepted: 2 },
    {},
    '2 connections between i-0aa and 203.0.113.7 (port 22) were accepted, the last at 02:40 UTC. It is unclear who began them.',
  ],
])('says who began connections, and whether data went both ways: %j %j', (of, change, text) => {
  const flows = flowsWith([peerWith({ lastAt: AT, ...of })], change);
  expect(textsOf({ flows: known(flows) })).toEqual([text]);
});

test('says what a change exposed, and nothing about one that exposes nothing', () => {
  const change = (of: object) => ({
    ...{ at: AT, group: null, status: 'changed', parts: [], otherParts: 0 },
    ...{ opened: [], closed: [], effects: [], ...of },
  });
  const changes = [
    change({ group: 'sg-0a1b2c3d', opened: ['tcp 22', 'udp 1000-2000', 'everything'] }),
    change({ effects: ['IMDSv1 allowed', 'role removed', 'got a public address'] }),
    change({ parts: ['tags'], closed: ['tcp 22'], effects: ['role removed'] }),
  ];
  const configChanges = known(
    ConfigChanges.parse({ ...RANGE, isComplete: true, changes, others: 0 }),
  );
  expect(textsOf({ configChanges })).toEqual([
    'Security group sg-0a1b2c3d of i-0aa opened TCP port 22 and UDP ports 1000-2000 and everything to everyone (recorded at 02:40 UTC).',
    'i-0aa began to allow IMDSv1 and got a public address (recorded at 02:40 UTC).',
  ]);
});
