// P12: a critical alert pages a person after any sequence of earlier alerts.
import { expect, test } from 'vitest';
import type { Analyst } from '../../functions/analyse/brief.ts';
import { mailEvent } from '../bounce/mail-event.ts';
import { POLICY, recommend } from '../fixtures/case.ts';
import { citing } from '../fixtures/citing.ts';
import { alertAbout, attacker, type Named } from './generic-alert.ts';
import { createWorld, sample, type World } from './world.ts';

/** `COMPOSED=300` composes more histories, of which each takes about a second. */
const HISTORIES = Number(process.env.COMPOSED ?? 4);
const MOST_EVENTS = 12;
/** More than the pages of an hour. */
const BURST = 13;

/** Numbers from 0 up to 1 that follow from the seed, and choices by them. */
function choicesFrom(seed: number) {
  let state = seed * 7919 + 1;
  const next = () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return { next, pick: <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)] as T };
}
type Choices = ReturnType<typeof choicesFrom>;

const answering = (answer: object | (() => never)): Analyst => ({
  ...{ origin: 'anthropic', model: 'a-model' },
  judge: async () => (typeof answer === 'function' ? answer() : answer) as never,
});
const saying = (verdict: string, ...recommended: [action: string, target: string, number][]) => ({
  ...{ verdict, summary: 'Expected activity.' },
  recommendations: recommended.map(([action, target, confidence]) =>
    recommend({ action, target, confidence }),
  ),
});
const ANALYSTS: readonly Analyst[] = [
  answering(() => {
    throw new Error('529 overloaded');
  }),
  answering({ verdict: 'benign' }),
  answering(saying('benign')),
  citing(answering(saying('benign'))),
  citing(answering(saying('malicious'))),
  citing(answering(saying('suspicious', ['add_ip_to_watchlist', 'ip-1', 99]))),
  citing(answering(saying('benign', ['send_analyst_notification', 'alert-1', 1]))),
  citing(answering(saying('suspicious', ['initiate_forensic_capture', 'alert-1', 99]))),
  answering({
    ...saying('malicious'),
    recommendations: Array(60).fill(recommend({ action: 'block_ip_at_firewall', target: 'ip-9' })),
  }),
];

const TYPES = [
  'Recon:EC2/PortProbeUnprotectedPort',
  'Discovery:Kubernetes/Unusual',
  'UnauthorizedAccess:EC2/SSHBruteForce',
  'CredentialAccess:IAMUser/AnomalousBehavior',
  'Exfiltration:S3/AnomalousBehavior',
  'Custom:Unknown',
];
const userNamed = (value: string): Named => ({
  ...{ kind: 'iam-user', value, part: 'actor' },
  attributes: { userName: value, userType: 'IAMUser' },
});
const SAMPLES = [
  'web-port-probe',
  'exec-in-pod',
  'mining',
  'bucket-read',
  'leaked-access-key',
] as const;

function entities({ pick, next }: Choices): Named[] {
  const address = attacker(`203.0.113.${1 + Math.floor(next() * 5)}`);
  const instance = { kind: 'instance', value: 'i-0aa1bb2cc3dd4ee5f', part: 'target' };
  const user = userNamed(pick(['report-export', 'ana.silva']));
  return pick<Named[]>([[address], [address, instance], [user], [address, user], []]);
}

/** A generic alert, or a finding of GuardDuty. */
function alertOf(choices: Choices, id: string, severity: string, seenAt: string): object {
  const { pick, next } = choices;
  if (next() < 0.3) {
    const event = sample(pick(SAMPLES)) as { detail: object };
    const score = { low: 2, medium: 5, high: 8, critical: 9.5 }[severity];
    return { ...event, detail: { ...event.detail, id, severity: score, updatedAt: seenAt } };
  }
  const event = alertAbout(id, pick(TYPES), entities(choices), { severity, seenAt });
  return next() < 0.1 ? { ...event, region: 'us-east-1' } : event;
}

async function happen(world: World, choices: Choices, n: number): Promise<void> {
  const { pick } = choices;
  const seenAt = world.clock.now().toISOString();
  const deliver = (id: string, severity: string) =>
    world.deliver(alertOf(choices, id, severity, seenAt));
  const severity = pick(['low', 'medium', 'high']);
  switch (pick(['alert', 'alert', 'alert', 'burst', 'answer', 'bounce', 'halt', 'wait'])) {
    case 'alert':
      return void (await deliver(`a${n}`, severity));
    case 'burst':
      for (let i = 0; i < BURST; i++) await deliver(`b${n}-${i}`, pick([severity, 'critical']));
      return;
    case 'answer': {
      const answer = pick([world.approve, world.decline]);
      const person = pick(['ana.silva', 'ben.okafor']);
      // Perhaps no one was asked.
      return Promise.resolve(person)
        .then(answer)
        .then(undefined, () => {});
    }
    case 'bounce': {
      const messages = world.runtime.inbox().map(({ message }) => message);
      const last = messages.findLast(({ to, actionId }) => to.kind === 'person' && actionId);
      return last && (await world.runtime.bounce(mailEvent(last)));
    }
    case 'halt': {
      // Two halts at the same moment would be one record.
      world.clock.advance(1000);
      const halt = { mode: 'halt', by: 'person:mei.tanaka', why: 'drill', at: seenAt } as const;
      return void (await world.runtime.store.killSwitch.halt(POLICY.account, halt));
    }
    default:
      return world.pass(pick([0.5, 2]));
  }
}

test.each(Array.from({ length: HISTORIES }, (_, i) => i))(
  'P12: a critical alert pages someone within a minute after history %i',
  async (seed) => {
    const choices = choicesFrom(seed);
    const { next, pick } = choices;
    for (let i = 0; i < 5; i++) next();
    const world = await createWorld({ analyst: pick(ANALYSTS), drilled: next() < 0.8 });
    const pages = new Set<string>();
    const notePages = () => {
      for (const { message } of world.runtime.inbox())
        if (message.to.kind === 'person' && message.urgency === 'page')
          pages.add(`${message.incidentId} ${message.severity}`);
    };
    const events = Math.floor(next() * MOST_EVENTS);
    for (let n = 0; n < events; n++) {
      await happen(world, choices, n);
      notePages();
    }
    const seenAt = world.clock.now().toISOString();
    // The last alert is new, or an update of an earlier one.
    const id = next() < 0.7 ? 'last' : 'a1';
    const [accepted] = await world.deliver(alertOf(choices, id, 'critical', seenAt));
    await world.pass(1);
    notePages();
    await world.stop();
    if (!accepted || !('incidentId' in accepted)) throw new Error('the alert opened nothing');
    expect([...pages]).toContain(`${accepted.incidentId} critical`);
  },
  20_000,
);
