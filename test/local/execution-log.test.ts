// What the engine remembers across restarts, whatever the last write was.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createExecutionLog } from '../../local/engine/execution-log.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'executions-'));
  path = join(folder, 'executions.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const INPUT = { incidentId: 'inc-1' };

describe('the execution log', () => {
  test('knows after a restart what has not ended, and every name', () => {
    const log = createExecutionLog(path);
    log.started('respond', 'one', INPUT);
    log.started('respond', 'two', INPUT);
    log.started('reverse', 'one', INPUT);
    log.finished('respond', 'one');

    const again = createExecutionLog(path);

    expect(again.unfinished()).toMatchObject([
      { machine: 'respond', name: 'two', input: INPUT },
      { machine: 'reverse', name: 'one', input: INPUT },
    ]);
    expect(again.find('respond', 'one')?.input).toEqual(INPUT);
    expect(again.find('respond', 'three')).toBeUndefined();
  });

  test('leaves out a line that a crash cut off at any byte, and loses none that is written after it', () => {
    createExecutionLog(path).started('respond', 'one', INPUT);
    const whole = readFileSync(path);
    const torn = Buffer.from(whole.toString().replace('"one"', '"törn"'));
    for (let length = 1; length < torn.length; length++) {
      writeFileSync(path, Buffer.concat([whole, torn.subarray(0, length)]));
      createExecutionLog(path).started('respond', 'next', INPUT);
      const names = createExecutionLog(path)
        .unfinished()
        .map(({ name }) => name);
      expect(names).toEqual(['one', 'next']);
    }
  });

  test('names the file and the line that it cannot read, instead of forgetting an execution', () => {
    createExecutionLog(path).started('respond', 'one', INPUT);
    appendFileSync(path, '{"what":"started"}\n');
    createLater();
    expect(() => createExecutionLog(path)).toThrow(`${path}, line 2`);
  });

  test('without a file remembers as long as the process', () => {
    const log = createExecutionLog();
    log.started('respond', 'one', INPUT);
    log.finished('respond', 'one');
    expect(log.unfinished()).toEqual([]);
    expect(log.find('respond', 'one')).toBeDefined();
  });
});

/** A good line behind the bad one: the bad one is not the torn last. */
function createLater() {
  const line = { what: 'started', machine: 'respond', name: 'two', input: INPUT };
  appendFileSync(path, `${JSON.stringify(line)}\n`);
}
