// Missing and malformed fields of a finding: assumed values and notes.
import { describe, expect, test } from 'vitest';
import { alertOf, sample } from '../intake/events.ts';

const probe = () => sample('web-port-probe');

describe('missing and malformed fields', () => {
  const changed = (change: object) => {
    const event = probe();
    Object.assign(event.detail, change);
    return alertOf(event);
  };

  test('accepts a finding with nothing but a type, and notes what it assumed', () => {
    const alert = alertOf({ type: 'Test:Minimal/Finding', severity: null });
    expect(alert).toMatchObject({
      severity: { score: 5, label: 'medium' },
      account: 'unknown',
      region: 'unknown',
      count: 1,
      title: 'Test:Minimal/Finding',
      traffic: { layer: 'unknown' },
      entities: [{ ref: 'alert-1', kind: 'alert' }],
    });
    expect(alert.findingId).toMatch(/^content-[0-9a-f]{32}$/);
    expect(alert.notes.join('\n')).toMatch(
      /ID was missing.*\n.*no 12-digit account.*\n.*severity/s,
    );
  });

  test('derives the same ID for the same event without an ID, and another ID for another event', () => {
    const id = (title: string) => alertOf({ type: 'A:B/C', severity: 1, title }).findingId;
    expect(id('a')).toBe(id('a'));
    expect(id('a')).not.toBe(id('b'));
  });

  test('keeps IDs different that are too long to store', () => {
    const id = (end: string) => changed({ id: `${'x'.repeat(600)}${end}` }).findingId;
    expect(id('a')).toHaveLength(512);
    expect(id('a')).not.toBe(id('b'));
  });

  test.each([
    ['the ARN', { accountId: '12345' }, '111122223333'],
    ['the envelope', { accountId: null, arn: null }, '111122223333'],
  ])(
    'takes the account of a finding without a valid account from %s',
    (_where, change, account) => {
      expect(changed(change).account).toBe(account);
    },
  );

  test.each([
    [8, 'high', 8],
    ['8.9', 'high', 8.9],
    [9, 'critical', 9],
    ['HIGH', 'high', 8],
    ['8 - HIGH', 'high', 8],
    [0, 'informational', 0],
    [-3, 'informational', 0],
    [99, 'critical', 10],
    ['very', 'medium', 5],
  ])('reads the severity %s as %s', (severity, label, score) => {
    expect(changed({ severity }).severity).toEqual({ label, score });
  });

  test.each([
    ['2025-02-25 20:40:06.765', '2025-02-25T20:40:06.765Z', true],
    ['2017-12-18 21:28:11.551000+05:30', '2017-12-18T15:58:11.551Z', true],
    ['1732417200', '2024-11-24T03:00:00.000Z', true],
    ['2026-11-24T03:00:00Z', '2026-11-24T03:00:00.000Z', false],
    ['foo 1', null, true],
  ])('reads the time %s as %s', (updatedAt, read, noted) => {
    const alert = changed({ updatedAt });
    expect(alert.updatedAt).toBe(read);
    expect(alert.notes.some((note) => note.startsWith('The time of the update'))).toBe(noted);
  });

  test.each([
    [{ sample: true }, true],
    [{ sample: 'true' }, true],
    [{ value: '{"sample":true}' }, true],
    [{ value: 'not JSON' }, false],
    [null, false],
  ])(
    'detects from additionalInfo %j whether the finding is a sample',
    (additionalInfo, expected) => {
      const event = probe();
      event.detail.service.additionalInfo = additionalInfo;
      expect(alertOf(event).sample).toBe(expected);
    },
  );

  test('cuts text that exceeds its limit, with a note', () => {
    const alert = changed({ title: 'x'.repeat(5000), description: 'y'.repeat(9000) });
    expect([alert.title.length, alert.description.length]).toEqual([1024, 4096]);
    expect(alert.notes.join()).toMatch(/The title was truncated.*The description was truncated/s);
  });

  test('reads a count that is not finite as 1', () => {
    const body = JSON.stringify(probe()).replace('"count":3', '"count":1e999');
    expect(alertOf(body).count).toBe(1);
  });
});
