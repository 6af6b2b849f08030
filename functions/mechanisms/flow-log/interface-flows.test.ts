// Description and effects of flow logs for network interfaces.
import { expect, test } from 'vitest';
import {
  alertWith,
  factsAbout,
  factsWith,
  POLICY,
  subjectOn,
  theInstance,
} from '../../../test/fixtures/case.ts';
import { callsOf } from '../../../test/shell.ts';
import type { Entity } from '../../domain/alert.ts';
import { type Fact, type Facts, known, unknown } from '../../domain/facts.ts';
import { effectsOf } from '../registry.ts';
import { recordFlows } from './interface-flows.ts';

const parametersFor = (target: Entity, facts: Facts | null = null) =>
  effectsOf('increase_logging_verbosity', alertWith(), target, facts, POLICY).map(
    ({ parameters }) => parameters,
  );
const onInterfaces = (interfaceIds: string): Entity => ({
  ...theInstance,
  attributes: { interfaceIds },
});

test('returns one effect per interface that the alert names for the instance', () => {
  const two = 'eni-0f1e2d3c4b5a69788,eni-0f1e2d3c4b5a69789,eni-0f1e2d3c4b5a69788';
  expect(parametersFor(onInterfaces(two))).toEqual([
    { interfaceId: 'eni-0f1e2d3c4b5a69788' },
    { interfaceId: 'eni-0f1e2d3c4b5a69789' },
  ]);
});

test('returns the interfaces that EC2 names if the alert names none', () => {
  const why = unknown('not read');
  const read = (interfaceIds: Fact<string[]>) =>
    factsWith({
      ...factsAbout(theInstance.ref),
      instance: { networkAcls: why, tags: why, forwards: why, interfaceIds },
    });
  const ids = known(['eni-0f1e2d3c4b5a69701']);
  expect(parametersFor(onInterfaces(''), read(ids))).toEqual([
    { interfaceId: 'eni-0f1e2d3c4b5a69701' },
  ]);
  expect(parametersFor(onInterfaces('eni-0f1e2d3c4b5a69788'), read(ids))).toEqual([
    { interfaceId: 'eni-0f1e2d3c4b5a69788' },
  ]);
  expect(parametersFor(onInterfaces(''), read(why))).toEqual([]);
});

test('returns one effect for an alert about a network interface', () => {
  const target: Entity = {
    ...theInstance,
    kind: 'network-interface',
    value: 'eni-0f1e2d3c4b5a69788',
    attributes: {},
  };
  expect(parametersFor(target)).toEqual([{ interfaceId: 'eni-0f1e2d3c4b5a69788' }]);
});

test.each(['', 'eni-1', 'eni-0f1e2d3c4b5a69788 --dry-run', 'vpc-0f1e2d3c4b5a69788'])(
  'returns no effect for an invalid interface ID (%j)',
  (named) => {
    expect(parametersFor(onInterfaces(named))).toEqual([]);
  },
);

const subject = subjectOn(theInstance, { parameters: { interfaceId: 'eni-0f1e2d3c4b5a69788' } });

test('describes what is recorded, for which interface, and what remains after the undo', () => {
  const described = recordFlows.describe(subject, null);
  expect(described.headline).toBe(
    `Turn on flow logs for eni-0f1e2d3c4b5a69788 of ${theInstance.value}`,
  );
  expect(described.changes.join()).toContain('without contents');
  expect(described.affected.join()).toContain('Not affected: other flow logs of the interface');
  expect(described.undo).toContain('after 1 h, unless');
  expect(described.undo).toContain('Recorded flows remain in the log group');
});

test('gives two interfaces different effect keys', () => {
  const other = { ...subject, parameters: { interfaceId: 'eni-0f1e2d3c4b5a69789' } };
  expect(recordFlows.effectKey(subject)).not.toBe(recordFlows.effectKey(other));
});

test('returns a command that finds our flow logs by tag and deletes them', () => {
  const calls = callsOf(recordFlows.describe(subject, null).manualUndo, {
    'describe-flow-logs': 'fl-1\tfl-2',
  });
  expect(calls[0]?.join(' ')).toContain('Name=tag-key,Values=countermand-action');
  expect(calls[1]?.slice(1)).toEqual([
    ...['delete-flow-logs', '--region', 'eu-central-1', '--flow-log-ids', 'fl-1', 'fl-2'],
  ]);
});
