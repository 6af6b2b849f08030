// Description and effects of raising a function's log level.
import { expect, test } from 'vitest';
import { alertWith, POLICY, subjectOn, theFunction } from '../../../test/fixtures/case.ts';
import { callsOf } from '../../../test/shell.ts';
import { effectsOf } from '../registry.ts';
import { logAtDebug } from './debug-level.ts';

const subject = subjectOn(theFunction);
const effects = (change: Partial<typeof theFunction>) =>
  effectsOf(
    'increase_logging_verbosity',
    alertWith(),
    { ...theFunction, ...change },
    null,
    POLICY,
  ).map(({ mechanism }) => mechanism.id);

test('describes the change, the effect of a changed format, and the end', () => {
  const described = logAtDebug.describe(subject, null);
  expect(described.headline).toBe(
    'Raise the log level of the function shop-resize-images to DEBUG',
  );
  expect(described.changes.join()).toContain('Change the log format to JSON if it is Text');
  expect(described.affected.join()).toMatch(/Not affected: published versions, and aliases/);
  expect(described.affected.join()).toContain('possibly with sensitive data');
  expect(described.undo).toContain('after 1 h, unless');
});

test('returns an effect only for the version whose settings can be changed', () => {
  expect(effects({})).toEqual(['function-log.debug-level']);
  expect(effects({ attributes: {} })).toEqual(['function-log.debug-level']);
  expect(effects({ attributes: { version: '7' } })).toEqual([]);
});

test('returns no effect for an invalid function name', () => {
  expect(effects({ value: `shop' --role 'arn:aws:iam::111122223333:role/admin` })).toEqual([]);
});

test.each([
  [
    { LogFormat: 'Text', LogGroup: '/shop/images' } as const,
    '{"LogFormat":"Text","LogGroup":"/shop/images"}',
  ],
  [
    { LogFormat: 'JSON', ApplicationLogLevel: 'WARN', LogGroup: '/shop/images' } as const,
    '{"LogFormat":"JSON","ApplicationLogLevel":"WARN","SystemLogLevel":"INFO","LogGroup":"/shop/images"}',
  ],
])('returns a shell command that restores the previous setting: %j', (before, setting) => {
  expect(callsOf(logAtDebug.manualUndo?.(subject, before) ?? [])).toEqual([
    [
      ...['lambda', 'update-function-configuration', '--region', 'eu-central-1'],
      ...['--function-name', 'shop-resize-images', '--logging-config', setting],
    ],
  ]);
});
