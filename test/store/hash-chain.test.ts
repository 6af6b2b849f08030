// The history of a record is a hash chain that shows every alteration (P8).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HistoryEntry, Status, TRANSITIONS } from '../../functions/domain/action.ts';
import { IllegalTransition } from '../../functions/domain/errors.ts';
import { append, chainFault, transition } from '../../functions/store/hash-chain.ts';
import { toyAction } from '../execute/toy.ts';

const at = new Date('2026-11-24T03:00:00Z');
const chainOf = (texts: readonly string[]): HistoryEntry[] =>
  texts.reduce<HistoryEntry[]>(
    (history, text) => append('act-1', history, { at, by: 'gate', event: 'proposed', text }),
    [],
  );

describe('the states of an action', () => {
  const note = { at, by: 'gate', text: '' };

  test.each(Status.options)('P8: allows exactly the listed transitions from %s', (from) => {
    const moves = Status.options.filter((to) => {
      const action = toyAction({ status: from });
      try {
        expect(transition(action, to, note)).toMatchObject({
          status: to,
          version: action.version + 1,
        });
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(IllegalTransition);
        return false;
      }
    });
    expect(moves.sort()).toEqual([...TRANSITIONS[from]].sort());
  });

  test.each(['declined', 'reversed', 'handed-off', 'dropped', 'failed'] as const)(
    'P8: allows no transition from %s',
    (over) => {
      for (const to of Status.options)
        expect(() => transition(toyAction({ status: over }), to, note)).toThrow(IllegalTransition);
    },
  );
});

describe('the history of a record', () => {
  test('P8: finds no fault in an unaltered history', () => {
    expect(chainFault('act-1', chainOf(['one', 'two', 'three']))).toBeNull();
  });

  test('P8: detects any change of any field in any entry', () => {
    const change = fc.record({
      texts: fc.array(fc.string({ maxLength: 20 }), { minLength: 1, maxLength: 6 }),
      victim: fc.nat(),
      field: fc.constantFrom<keyof HistoryEntry>('at', 'by', 'event', 'text', 'previous', 'hash'),
      value: fc.string({ minLength: 1, maxLength: 40 }),
    });
    fc.assert(
      fc.property(change, ({ texts, victim, field, value }) => {
        const history = chainOf(texts);
        const index = victim % history.length;
        fc.pre(history[index]?.[field] !== value);
        const altered = history.map((entry, i) =>
          i === index ? { ...entry, [field]: value } : entry,
        );
        expect(chainFault('act-1', altered)).not.toBeNull();
      }),
    );
  });

  test('P8: detects an entry that was removed, moved, or copied from another record', () => {
    const history = chainOf(['one', 'two', 'three']);
    const [first, second, third] = history as [HistoryEntry, HistoryEntry, HistoryEntry];
    expect(chainFault('act-1', [first, third])).toBe('entry 1 has sequence number 2');
    expect(chainFault('act-1', [second, first, third])).not.toBeNull();
    expect(chainFault('act-2', history)).toBe('entry 0 does not follow the previous entry');
  });

  test('P8: finds no fault after long texts were cut and stored as UTF-8', () => {
    for (const length of [998, 999, 1000]) {
      const history = chainOf([`${'x'.repeat(length)}😀`, '\ud83d alone']);
      const stored = history.map((entry) => ({
        ...entry,
        text: Buffer.from(entry.text).toString(),
      }));
      expect(chainFault('act-1', stored)).toBeNull();
    }
  });
});
