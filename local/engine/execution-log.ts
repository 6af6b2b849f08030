// Records which executions started and ended, so that a restart can resume.
import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import * as z from 'zod/mini';
import type { MachineName } from './definition.ts';

export type Started = { machine: MachineName; name: string; input: object };

export type ExecutionLog = {
  started(machine: MachineName, name: string, input: object): void;
  finished(machine: MachineName, name: string): void;
  find(machine: MachineName, name: string): Started | undefined;
  unfinished(): Started[];
};

const Line = z.discriminatedUnion('what', [
  z.object({
    what: z.literal('started'),
    machine: z.enum(['respond', 'reverse']),
    name: z.string(),
    input: z.record(z.string(), z.unknown()),
  }),
  z.object({
    what: z.literal('finished'),
    machine: z.enum(['respond', 'reverse']),
    name: z.string(),
  }),
]);
type Line = z.infer<typeof Line>;

/** In memory, and in a file if `path` is given: one JSON object per line. */
export function createExecutionLog(path?: string): ExecutionLog {
  const all = new Map<string, Started>();
  const ended = new Set<string>();
  const add = (line: Line) => {
    const key = `${line.machine}/${line.name}`;
    if (line.what === 'started') all.set(key, line);
    else ended.add(key);
  };
  for (const line of path ? readLines(path) : []) add(line);
  const append = (line: Line) => {
    add(line);
    if (path) appendFileSync(path, `${JSON.stringify(line)}\n`);
  };
  return {
    started: (machine, name, input) =>
      append({ what: 'started', machine, name, input: { ...input } }),
    finished: (machine, name) => append({ what: 'finished', machine, name }),
    find: (machine, name) => all.get(`${machine}/${name}`),
    unfinished: () => [...all].filter(([key]) => !ended.has(key)).map(([, started]) => started),
  };
}

/** Thrown when a complete line isn't an entry: the file was edited, or the disk is failing. */
class ExecutionLogDamaged extends Error {
  override name = 'ExecutionLogDamaged';
}

/**
 * Cuts off a last line without a line break. The process crashed while it wrote that line, so nothing depends on it
 * yet. If the line remained, the next entry would continue it and be lost.
 */
function readLines(path: string): Line[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
  if (whole.length < bytes.length) truncateSync(path, whole.length);
  return whole
    .toString('utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (line === '') return [];
      try {
        return Line.parse(JSON.parse(line));
      } catch (cause) {
        const message = `${path}, line ${index + 1} is not an entry; if you delete the file, no execution resumes and all names are free`;
        throw new ExecutionLogDamaged(message, { cause });
      }
    });
}
