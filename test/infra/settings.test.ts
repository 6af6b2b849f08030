// Settings from the CDK context, where values of `-c` are text.
import { App } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import { readSettings } from '../../infra/settings.ts';

const REQUIRED = { account: 'example', prefix: 'countermand-', mailFrom: 'a@example.com' };
const read = (context: object) =>
  readSettings(new App({ context: { ...REQUIRED, ...context } }).node);

test.each([
  [{ recordLayout: '1' }, { recordLayout: 1 }],
  [{ recordLayout: 2 }, { recordLayout: 2 }],
  [{ layout1Ended: 'true' }, { layout1Ended: true }],
  [{ layout1Ended: false }, { layout1Ended: false }],
])('reads the settings %o', (context, settings) => {
  expect(read(context)).toEqual({ ...REQUIRED, ...settings });
});

test.each([
  ['an unknown layout', { recordLayout: 3 }, 'at recordLayout'],
  [
    'layout 1 for new incidents after layout 1 has ended',
    { recordLayout: 1, layout1Ended: true },
    'layout1Ended',
  ],
])('rejects these settings: %s', (_, context, fault) => {
  expect(() => read(context)).toThrow(fault);
});
