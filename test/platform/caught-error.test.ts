// What a state machine caught, in words that fit into a message.
import { expect, test } from 'vitest';
import { causeText } from '../../functions/platform/caught-error.ts';

const report = JSON.stringify({
  errorType: 'Denied',
  errorMessage: 'AWS said "no"\nto us',
  trace: ['Error: AWS said', '    at execute (execute.ts:1)'],
});

test.each([
  ['of a function’s report its message, without the stack trace', report, 'AWS said "no"\nto us'],
  ['of a report that was cut off the same', report.slice(0, -20), 'AWS said "no"\nto us'],
  ['a bare message as it is', 'Task timed out', 'Task timed out'],
  ['what only looks like a report as it is', '"errorMessage": "C:\\x"', '"errorMessage": "C:\\x"'],
])('says %s', (_what, Cause, text) => {
  expect(causeText({ Error: 'Denied', Cause })).toBe(`Denied: ${text}`);
});

test('says the name alone where there is no cause, and never more than a message takes', () => {
  expect(causeText({ Error: 'States.Timeout' })).toBe('States.Timeout: ');
  expect(causeText({ Error: 'X', Cause: 'y'.repeat(9_000) })).toHaveLength(500);
});
