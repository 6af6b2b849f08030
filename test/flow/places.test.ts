// The right place (P11) in the whole flow: a stack in each of 12 places.
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import type { Place } from '../../functions/domain/place.ts';
import { inMemory } from '../../local/aws/state-file.ts';
import { manualClock } from '../../local/engine/clock.ts';
import { NOW, POLICY } from '../fixtures/case.ts';
import {
  type Case,
  caseOf,
  HOME,
  pickFrom,
  STACKS,
  samePlace,
  stackFor,
} from '../properties/placed-findings.ts';
import { createWorld, type World } from './world.ts';

/** States of stand-ins that are AWS services. The others are tickets, mailboxes and schedules. */
const SERVICES = ['waf', 'ec2', 'iam', 'functions', 'flow-logs', 'user-pools', 'api-keys'];
/** A flow takes 0.3 s. */
const FINDINGS = Number(process.env.PROPERTY_RUNS ?? 24);

/** One change that the account of a stack received, and the action that was being carried out. */
type Write = { here: Place; service: string; actionId: string | undefined };
type Stack = { here: Place; world: World };

const writes: Write[] = [];
const current = new AsyncLocalStorage<string>();
const clock = manualClock(NOW);
let stacks: Stack[];

async function startStack(here: Place): Promise<Stack> {
  const world = await createWorld({
    policy: { ...POLICY, account: here.account, homeRegion: HOME },
    region: here.region,
    clock,
    state(service, initial) {
      const file = inMemory(initial);
      if (!SERVICES.includes(service)) return file;
      return {
        ...file,
        write(state) {
          writes.push({ here, service, actionId: current.getStore() });
          file.write(state);
        },
      };
    },
  });
  const { functions } = world.runtime;
  for (const [name, original] of Object.entries(functions))
    if (/^(execute|reverse)-/.test(name))
      functions[name] = (payload) =>
        current.run((payload as Action).actionId, () => original(payload));
  return { here, world };
}

beforeAll(async () => {
  stacks = await Promise.all(STACKS.map(startStack));
}, 120_000);
afterAll(() => Promise.all((stacks ?? []).map(({ world }) => world.stop())));

/** Each stack that would act if one value of a place were taken for another. */
const suspects = ({ resource, caller }: Case): Stack[] => {
  const places = [resource, caller].flatMap((place) => [place, { ...place, region: HOME }]);
  return stacks.filter(({ here }) => places.some((place) => samePlace(place, here)));
};

/** Delivers the finding of this moment, and approves every request that the stack makes. */
async function deliver({ world }: Stack, { event }: Case): Promise<void> {
  const asked = world.subjectsTo('ana.silva').length;
  await world.deliver({ ...event, time: clock.now().toISOString() });
  const isAsked = world
    .subjectsTo('ana.silva')
    .slice(asked)
    .some((one) => one.startsWith('Approve'));
  if (isAsked) await world.approve('ana.silva', 'Approve');
}

/** Undoes what is due, so that later findings about the same target change it again. */
async function passHours(hours: number): Promise<void> {
  clock.advance(hours * 60 * 60_000);
  for (const { world } of stacks) {
    await world.runtime.tick();
    await world.runtime.engine.quiet();
  }
}

/** Returns the service of the change, or what is wrong with its place. */
async function judged({ here, service, actionId }: Write, cases: readonly Case[]) {
  const { world } = stacks.find((one) => one.here === here)!;
  const action = (await world.actions()).find((one) => one.actionId === actionId);
  if (!action?.target) return { wrong: `${service} changed without an action` };
  const { findingId } = await world.runtime.store.records.alert(action.incidentId, action.alertId);
  const one = cases[Number(findingId.slice('f-'.length))]!;
  const { name, target } = action;
  return samePlace(action, here) && samePlace(stackFor(one, target), here)
    ? { service }
    : { wrong: { here, name, target, recorded: placeOf(action), event: one.event } };
}
const placeOf = ({ account, region }: Place): Place => ({ account, region });

test('P11: changes AWS only in the account and region of the target, which the record names', async () => {
  const pick = pickFrom(20_261_130);
  const cases = Array.from({ length: FINDINGS }, (_, index) => caseOf(pick, index));
  for (const [index, one] of cases.entries()) {
    // Long enough for the limit of automatic actions.
    clock.advance(2 * 60_000);
    if (index % 12 === 11) await passHours(2);
    for (const stack of suspects(one)) await deliver(stack, one);
  }
  const found: Awaited<ReturnType<typeof judged>>[] = [];
  for (const write of writes) found.push(await judged(write, cases));
  expect(found.flatMap(({ wrong }) => wrong ?? []).slice(0, 3)).toEqual([]);
  const changed = new Set(found.map(({ service }) => service));
  expect([...changed].sort()).toEqual(['ec2', 'flow-logs', 'functions', 'iam', 'waf']);
  expect(writes.length).toBeGreaterThan(FINDINGS);
}, 300_000);
