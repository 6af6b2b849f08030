// Log lines, as Lambda stores them and as the alarms read them.
import { afterEach, expect, test, vi } from 'vitest';
import { Denied } from '../../functions/domain/errors.ts';
import { createLog } from '../../functions/platform/logger.ts';
import { HOSTILE, UNSAFE } from '../fixtures/hostile.ts';

const ENV = { _X_AMZN_TRACE_ID: 'Root=1-5e1b4151-43a0913a12345678;Parent=53995c3f42cd8ad8' };

afterEach(() => vi.restoreAllMocks());

/** The lines that one call writes, parsed. */
function written(...[level, message, fields]: Parameters<ReturnType<typeof createLog>>) {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  createLog('gate', ENV)(level, message, fields);
  const text = write.mock.calls.map(([chunk]) => String(chunk)).join('');
  expect(text).toMatch(/^[^\n]+\n$/);
  return JSON.parse(text);
}

test('writes one line of JSON that names the function, the level, the time and the trace', () => {
  expect(written('error', 'not done', { actionId: 'act-1' })).toEqual({
    actionId: 'act-1',
    level: 'ERROR',
    message: 'not done',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    service: 'gate',
    xray_trace_id: '1-5e1b4151-43a0913a12345678',
  });
});

test('writes each log entry on one line, regardless of its fields', () => {
  const line = written('info', 'read', { why: 'a\nb', size: 2n ** 64n });
  expect(line).toMatchObject({ why: 'a\nb', size: '18446744073709551616' });
});

test('writes no control character, invisible character or foreign link of an alert', () => {
  const line = written('warn', 'refused', {
    ids: { name: 'bob\u202etxt\u001b[31m' },
    why: HOSTILE,
  });
  expect(line.ids.name).toBe('bob txt [31m');
  expect(line.why).not.toMatch(UNSAFE);
});

test('does not let a field take the place of the message that an alarm counts', () => {
  expect(written('info', 'read', { message: 'reversal failed', level: 'x' })).toMatchObject({
    level: 'INFO',
    message: 'read',
  });
});

test('writes an error with its name, message, IDs and causes', () => {
  const error = new Denied('refused', { actionId: 'act-1' }, new Error('no permission'));
  expect(written('warn', 'failed', { error })).toMatchObject({
    error: {
      error: 'Denied',
      why: 'refused',
      ids: { actionId: 'act-1' },
      cause: { why: 'no permission' },
    },
  });
});
