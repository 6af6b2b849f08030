// Reading events from files and folders.
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

describe('readEvents on a folder', () => {
  test('returns the events of all subfolders, sorted by name, without other files', () => {
    expect(readEvents(folder).map(({ name }) => name)).toEqual([
      'b.json',
      'c.txt',
      'deeper/a.json',
      'sample.json',
    ]);
  });

  test('returns invalid files as they are, so that intake can refuse them', () => {
    const bodies = readEvents(folder).map(({ body }) => body);
    expect(bodies.slice(0, 3)).toEqual(['{"b": 1}', 'not JSON', '{ "a"']);
  });

  test('throws Refused with the path when the folder has no events', () => {
    mkdirSync(join(folder, 'empty'));
    expect(() => readEvents(join(folder, 'empty'))).toThrow(Refused);
    expect(() => readEvents(join(folder, 'empty'))).toThrow(/no event in .*empty/);
  });
});

test('reads a file that is named directly, with any extension', () => {
  const file = put('event.log', '{}');
  expect(readEvents(file)).toEqual([{ name: file, body: '{}' }]);
});

test('returns only the event of a sample', () => {
  expect(readEvents(join(folder, 'sample.json'))[0]?.body).toBe('{"id":"e"}');
});

test('moves the times of a sample, so that it was sent now', () => {
  const event = { time: '2026-11-24T03:00:00Z', seen: '2026-11-24T02:50:00.000Z' };
  const file = put('timed.json', JSON.stringify({ title: 't', story: 's', event }));
  const [read] = readEvents(file, new Date('2027-01-05T10:00:00.000Z'));
  expect(JSON.parse(read!.body)).toEqual({
    time: '2027-01-05T10:00:00.000Z',
    seen: '2027-01-05T09:50:00.000Z',
  });
});

test('names a path that does not exist in the error', () => {
  expect(() => readEvents(join(folder, 'nowhere'))).toThrow(/no file or folder at .*nowhere/);
});
