// Which executions were started and which have ended: what the engine needs to go on after a restart.
import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import * as z from 'zod';
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

/** In memory, and appended to a file when there is one: one JSON object a line. */
export function createExecutionLog(path?: string): ExecutionLog {
  const all = new Map<string, Started>();
  const ended = new Set<string>();
  const take = (line: Line) => {
    const key = `${line.machine}/${line.name}`;
    if (line.what === 'started') all.set(key, line);
    else ended.add(key);
  };
  for (const line of path ? readLines(path) : []) take(line);
  const note = (line: Line) => {
    take(line);
    if (path) appendFileSync(path, `${JSON.stringify(line)}\n`);
  };
  return {
    started: (machine, name, input) =>
      note({ what: 'started', machine, name, input: { ...input } }),
    finished: (machine, name) => note({ what: 'finished', machine, name }),
    find: (machine, name) => all.get(`${machine}/${name}`),
    unfinished: () => [...all].filter(([key]) => !ended.has(key)).map(([, started]) => started),
  };
}

/** Thrown when a whole line is no entry: somebody edited the file, or the disk is failing. */
class ExecutionLogDamaged extends Error {
  override name = 'ExecutionLogDamaged';
}

/**
 * A line without its end was being written when the process died, and nothing rests on it yet. It is cut off, because
 * the next one would be glued to it and be lost with it.
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
        const message = `${path}, line ${index + 1} is no entry; without the file nothing is resumed, and no name is known`;
        throw new ExecutionLogDamaged(message, { cause });
      }
    });
}
