// Texts for people: times, durations, and untrusted text.

import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  folded,
  harmless,
  oneLine,
  quoted,
  shellQuoted,
  span,
  truncate,
  utc,
} from '../../functions/domain/wording.ts';
import { concerns } from '../../functions/policy/people.ts';
import { HOSTILE, UNSAFE } from '../fixtures/hostile.ts';

describe('texts', () => {
  test.each([
    [undefined, '03:05 UTC on 24 Nov 2026'],
    ['2026-11-24T23:59:00.000Z', '03:05 UTC'],
    ['2026-11-25T00:00:00.000Z', '03:05 UTC on 24 Nov'],
    ['2027-01-01T00:00:00.000Z', '03:05 UTC on 24 Nov 2026'],
  ])('writes a time read at %s as "%s"', (now, text) =>
    expect(utc('2026-11-24T03:05:59.000Z', now)).toBe(text),
  );

  test('writes a missing time as unknown', () => expect(utc(null)).toBe('an unknown time'));

  test.each([
    [0, '0 min'],
    [45, '45 min'],
    [60, '1 h'],
    [90, '1 h 30 min'],
    [1440, '24 h'],
  ])('writes %i minutes as "%s"', (minutes, text) => expect(span(minutes)).toBe(text));

  test.each([
    [2, ['a', 'b'], ['a', 'b']],
    [2, ['a', 'b', 'c', 'd'], ['a', 'and 3 more']],
    [1, ['a', 'b'], ['and 2 more']],
    [3, [], []],
  ])('keeps at most %i lines of %j, and counts the rest', (most, lines, kept) =>
    expect(folded(lines, most)).toEqual(kept),
  );

  test('puts untrusted text on one line of limited length, without invisible characters', () => {
    expect(oneLine('a\r\nb\u202Ec\u200Bd\u2028e')).toBe('a b c d e');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
        const line = oneLine(text, 100);
        expect(line.length).toBeLessThanOrEqual(100);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test('never cuts a text inside a surrogate pair', () => {
    const text = `${'😀'.repeat(40)}\ud83d`;
    for (let most = 1; most <= 82; most++)
      for (const words of [oneLine(text, most), quoted(text, most), truncate(text, most)])
        expect(words.isWellFormed(), `cut at ${most}`).toBe(true);
  });

  test('removes invisible characters and foreign links from text, and keeps line breaks and its own links', () => {
    expect(harmless(HOSTILE)).not.toMatch(UNSAFE);
    const own = 'Open\nhttps://eu-central-1.console.aws.amazon.com/guardduty/home#/findings';
    expect(harmless(own)).toBe(own);
    expect(harmless('https://x.console.aws.amazon.com.evil.example/')).toContain('[:]//');
    expect(harmless('https://x.console.aws.amazon.com:1@evil.example/')).toContain('[:]//');
  });

  test('quotes any name for bash so that the command names it exactly and shows it harmlessly', () => {
    const names = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(HOSTILE, "it's", 'a\\b\nc', 'https://evil.example', `$(id)\u202e'\\`),
    );
    fc.assert(
      fc.property(names, (name) => {
        fc.pre(!name.includes('\0'));
        const quotedName = shellQuoted(name);
        expect(harmless(quotedName)).toBe(quotedName);
        const echoed = execFileSync('bash', ['-c', `printf %s ${quotedName}`], {
          env: { LC_ALL: 'C.UTF-8' },
        });
        expect(echoed.toString()).toBe(name.toWellFormed());
      }),
      { numRuns: 30 },
    );
  });

  test('keeps quoted text inside its quotation marks, and disables its links', () => {
    expect(quoted('x” and https://evil.example or www.evil.example')).toBe(
      '“x" and https[:]//evil.example or www[.]evil.example”',
    );
  });
});

describe('an action that concerns a person', () => {
  const ana = { principals: ['ana.silva', 'arn:aws:iam::111122223333:user/ops/ana'] };
  test.each([
    ['the user itself', { value: 'Ana.Silva', attributes: {} }, true],
    [
      'the ARN of the user',
      { value: 'arn:aws:iam::111122223333:user/ana.silva', attributes: {} },
      true,
    ],
    [
      'an ARN that policy names',
      { value: 'arn:aws:iam::111122223333:user/ops/ana', attributes: {} },
      true,
    ],
    ['a key of the user', { value: 'AKIA', attributes: { userName: 'ana.silva' } }, true],
    [
      'a session of the user',
      { value: 'ASIA', attributes: { principalId: 'AROA:ana.silva' } },
      true,
    ],
    ['another user with a longer name', { value: 'ana.silvano', attributes: {} }, false],
    ['an address', { value: '203.0.113.7', attributes: {} }, false],
  ])('decides whether an action on %s concerns a person: %o, %s', (_, target, expected) =>
    expect(concerns(ana, target)).toBe(expected),
  );
});
