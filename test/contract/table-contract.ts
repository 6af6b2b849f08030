// What every table must do: the laptop's, the one of the tests, and DynamoDB's.
import { beforeAll, describe, expect, test } from 'vitest';
import { Conflict, InvalidInput } from '../../functions/domain/errors.ts';
import { attentionKeys, sweepKeys } from '../../functions/store/sweep-index.ts';
import {
  ABSENT,
  atVersion,
  type Condition,
  type Key,
  notOlder,
  type Table,
} from '../../functions/store/table.ts';

const key = (pk: string, sk = 'one'): Key => ({ pk, sk });
const at = (minute: number) => `2026-11-27T03:${String(minute).padStart(2, '0')}:00.000Z`;

type Case = { condition: Condition; fields: object | null; isHeld: boolean };

async function testCondition(
  table: Table,
  change: 'put' | 'remove',
  one: Key,
  { condition, fields, isHeld }: Case,
): Promise<void> {
  const before = fields ? { ...one, ...fields } : undefined;
  if (before) await table.put(before);
  const after = change === 'put' ? { ...one, written: true } : undefined;
  const written = after ? table.put(after, condition) : table.remove(one, condition);
  if (isHeld) await written;
  else await expect(written).rejects.toMatchObject({ name: Conflict.name, ids: one });
  expect(await table.get(one)).toEqual(isHeld ? after : before);
}

/** Runs the tests on one empty table. */
export function testTable(name: string, open: () => Promise<Table> | Table): void {
  describe(`the table ${name}`, () => {
    let table: Table;
    beforeAll(async () => {
      table = await open();
    });

    test('returns an item as it was put, without undefined fields and with valid UTF-8 only', async () => {
      const nested = { list: [1, 0.5, 'zwölf', null, { empty: '' }], is: true, none: undefined };
      await table.put({ ...key('item'), nested, cut: 'a\ud83d', emoji: '😀' });
      expect(await table.get(key('item'))).toStrictEqual({
        ...key('item'),
        nested: { list: [1, 0.5, 'zwölf', null, { empty: '' }], is: true },
        cut: 'a\ufffd',
        emoji: '😀',
      });
      expect(await table.get(key('item', 'other'))).toBeUndefined();
    });

    test('replaces the whole item, and removes it', async () => {
      await table.put({ ...key('whole'), first: 1 });
      await table.put({ ...key('whole'), second: 2 });
      expect(await table.get(key('whole'))).toEqual({ ...key('whole'), second: 2 });
      await table.remove(key('whole'));
      await table.remove(key('whole'));
      expect(await table.get(key('whole'))).toBeUndefined();
    });

    const stored = { version: 3, basis: 5 };
    describe.each(['put', 'remove'] as const)('%s', (change) => {
      test.each<[string, Condition, object | null, boolean]>([
        ['absent without an item', ABSENT, null, true],
        ['absent with an item', ABSENT, {}, false],
        ['its version', atVersion(3), stored, true],
        ['an older version', atVersion(2), stored, false],
        ['a version without an item', atVersion(3), null, false],
        ['a version of an item without one', atVersion(0), {}, false],
        ['a version that is stored as text', atVersion(3), { version: '3' }, false],
        ['a newer basis', notOlder(6), stored, true],
        ['the same basis', notOlder(5), stored, true],
        ['an older basis', notOlder(4), stored, false],
        ['a basis without an item', notOlder(4), null, true],
        ['a basis of an item without one', notOlder(4), {}, false],
      ])('writes on the condition %s only if it holds', (what, condition, fields, isHeld) =>
        testCondition(table, change, key(`${what} ${change}`), { condition, fields, isHeld }),
      );
    });

    test('lets exactly one of twenty writers create an item or pass its version', async () => {
      for (const condition of [ABSENT, atVersion(1)]) {
        const all = await Promise.allSettled(
          Array.from({ length: 20 }, (_, writer) =>
            table.put({ ...key('race'), version: condition === ABSENT ? 1 : 2, writer }, condition),
          ),
        );
        expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(await table.get(key('race'))).toMatchObject({
          writer: all.findIndex(({ status }) => status === 'fulfilled'),
        });
      }
    });

    test('returns the items of a partition in the order of their keys, by prefix, before a key, newest first and limited', async () => {
      for (const sk of ['b', 'a#2', 'a#10', 'a#1', 'a', 'ä', 'a%1'])
        await table.put({ ...key('partition', sk), text: 'x'.repeat(200_000) });
      await table.put(key('partition#2', 'a'));
      const keys = async (options?: Parameters<Table['query']>[1]) =>
        (await table.query('partition', options)).map(({ sk }) => sk);
      expect(await keys()).toEqual(['a', 'a#1', 'a#10', 'a#2', 'a%1', 'b', 'ä']);
      expect(await keys({ prefix: 'a#' })).toEqual(['a#1', 'a#10', 'a#2']);
      expect(await keys({ before: 'a#2' })).toEqual(['a', 'a#1', 'a#10']);
      expect(await keys({ newestFirst: true, limit: 2 })).toEqual(['ä', 'b']);
      expect(await keys({ before: 'b', newestFirst: true, limit: 1 })).toEqual(['a%1']);
      expect(await table.query('nowhere')).toEqual([]);
    });

    test('lists each key that is due once, oldest first and limited, and no item that left the list', async () => {
      const put = (name: string, index: object) => table.put({ ...key('due', name), ...index });
      for (const minute of [30, 10, 20, 50])
        await put(`${minute}`, attentionKeys(key('due', `${minute}`), at(minute)));
      await put('earlier', { open: 'yes', attentionAt: at(15) });
      await put('check', sweepKeys('check', key('due', 'check'), at(5)));
      await put('half', { open: 'yes' });
      const due = async (...asked: Parameters<Table['due']>) =>
        (await table.due(...asked)).map(({ pk, sk }) => (pk === 'due' ? sk : pk));
      expect(await due('attention', at(40))).toEqual(['10', 'earlier', '20', '30']);
      expect(await due('attention', at(20))).toEqual(['10', 'earlier', '20']);
      expect(await due('attention', at(40), 2)).toEqual(['10', 'earlier']);
      expect(await due('check', at(40))).toEqual(['check']);
      expect(await table.unswept()).toEqual([key('due', 'earlier')]);
      await put('10', {});
      await table.remove(key('due', '20'));
      expect(await due('attention', at(40))).toEqual(['earlier', '30']);
    });

    test('rejects an item above 400 KB, and keeps the stored one', async () => {
      const large = (bytes: number) => ({ ...key('large'), text: 'x'.repeat(bytes) });
      await table.put(large(400_000));
      await expect(table.put(large(410_000))).rejects.toBeInstanceOf(InvalidInput);
      expect((await table.get(key('large')))?.text).toHaveLength(400_000);
    });
  });
}
