// The execution log across restarts and crashes.
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
  test('the execution log returns the unfinished executions and all names after a restart', () => {
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

  test('the execution log drops a line that a crash cut off at any byte, and keeps the lines after it', () => {
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

  test('the execution log throws with the path and the number of a damaged line', () => {
    createExecutionLog(path).started('respond', 'one', INPUT);
    appendFileSync(path, '{"what":"started"}\n');
    createLater();
    expect(() => createExecutionLog(path)).toThrow(`${path}, line 2`);
  });

  test('the execution log keeps executions in memory without a file', () => {
    const log = createExecutionLog();
    log.started('respond', 'one', INPUT);
    log.finished('respond', 'one');
    expect(log.unfinished()).toEqual([]);
    expect(log.find('respond', 'one')).toBeDefined();
  });
});

/** A valid line after the damaged one, so that the damaged one isn't the last. */
function createLater() {
  const line = { what: 'started', machine: 'respond', name: 'two', input: INPUT };
  appendFileSync(path, `${JSON.stringify(line)}\n`);
}
