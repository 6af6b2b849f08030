// What `npm run explain` prints of a decision.
import { expect, test } from 'vitest';
import { explained, questionOf, textOf } from '../../cli/explanation.ts';
import { createWorld, sample } from '../flow/world.ts';

test('an explanation has what was asked, what was decided by which policy, and every rule with its inputs', async () => {
  const world = await createWorld();
  await world.deliver(sample('mining'));
  const action = await world.action('isolate_production_host');
  await world.stop();
  const text = textOf(explained(action));
  expect(text).toContain('isolate_production_host on instance-1');
  expect(text).toContain(
    `decided: hand-off, as isolate_production_host, by policy ${action.policyVersion}`,
  );
  expect(text).toContain('Tier 3: never runs here');
  for (const { rule, inputs } of action.considered) {
    expect(text).toContain(questionOf(rule));
    expect(text).toContain(inputs);
  }
});

test('every rule that is on record asks a question', async () => {
  const world = await createWorld();
  await world.deliver(sample('web-port-probe'));
  const rules = (await world.actions()).flatMap(({ considered }) => considered);
  await world.stop();
  for (const { rule } of rules) expect(questionOf(rule)).toMatch(/\?$/);
});
