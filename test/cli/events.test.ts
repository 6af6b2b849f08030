// What replay reads from a path, and what it says when there is nothing to read.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readEvents } from '../../cli/events.ts';
import { Refused } from '../../cli/refused.ts';

const folder = mkdtempSync(join(tmpdir(), 'countermand-events-'));
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, text: string) => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
put('b.json', '{"b": 1}');
put('deeper/a.json', '{ "a"');
put('README.md', '# Where they come from');
put('c.txt', 'not JSON');
put('sample.json', '{"title": "t", "story": "A story.", "event": {"id": "e"}}');

describe('a folder', () => {
  test('is read with all below it, in the order of names, and without what is no event', () => {
    expect(readEvents(folder).map(({ name }) => name)).toEqual([
      'b.json',
      'c.txt',
      'deeper/a.json',
      'sample.json',
    ]);
  });

  test('gives every file as it is, so that a broken one is refused with its reason', () => {
    const bodies = readEvents(folder).map(({ body }) => body);
    expect(bodies.slice(0, 3)).toEqual(['{"b": 1}', 'not JSON', '{ "a"']);
  });

  test('without events is said to be one', () => {
    mkdirSync(join(folder, 'empty'));
    expect(() => readEvents(join(folder, 'empty'))).toThrow(Refused);
    expect(() => readEvents(join(folder, 'empty'))).toThrow(/no event in .*empty/);
  });
});

test('a file that is named is read whatever its ending', () => {
  const file = put('event.log', '{}');
  expect(readEvents(file)).toEqual([{ name: file, body: '{}' }]);
});

test('of a sample only the event is delivered, not the story', () => {
  expect(readEvents(join(folder, 'sample.json'))[0]?.body).toBe('{"id":"e"}');
});

test('a path that leads nowhere is named', () => {
  expect(() => readEvents(join(folder, 'nowhere'))).toThrow(/no file or folder at .*nowhere/);
});
