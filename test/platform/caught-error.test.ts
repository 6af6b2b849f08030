// The text of an error that a state machine caught.
import { expect, test } from 'vitest';
import { causeText } from '../../functions/platform/caught-error.ts';

const report = JSON.stringify({
  errorType: 'Denied',
  errorMessage: 'AWS said "no"\nto us',
  trace: ['Error: AWS said', '    at execute (execute.ts:1)'],
});

test.each([
  ['the message of a function error, without the stack trace', report, 'AWS said "no"\nto us'],
  [
    'the message of a function error that was cut off',
    report.slice(0, -20),
    'AWS said "no"\nto us',
  ],
  ['a plain message unchanged', 'Task timed out', 'Task timed out'],
  [
    'text that only looks like a function error unchanged',
    '"errorMessage": "C:\\x"',
    '"errorMessage": "C:\\x"',
  ],
])('returns %s', (_what, Cause, text) => {
  expect(causeText({ Error: 'Denied', Cause })).toBe(`Denied: ${text}`);
});

test('returns the name alone when there is no cause, and at most 500 characters', () => {
  expect(causeText({ Error: 'States.Timeout' })).toBe('States.Timeout: ');
  expect(causeText({ Error: 'X', Cause: 'y'.repeat(9_000) })).toHaveLength(500);
});
