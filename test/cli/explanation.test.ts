// The text of npm run explain.
import { expect, test } from 'vitest';
import { explained, questionOf, textOf } from '../../cli/explanation.ts';
import { createWorld, sample } from '../flow/world.ts';

test('an explanation has the recommendation, the decision, the policy version and every rule', async () => {
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

test('every rule of a decision has a question', async () => {
  const world = await createWorld();
  await world.deliver(sample('web-port-probe'));
  const rules = (await world.actions()).flatMap(({ considered }) => considered);
  await world.stop();
  for (const { rule } of rules) expect(questionOf(rule)).toMatch(/\?$/);
});
