// Which executions were started and which have ended: what the engine needs to go on after a restart.
import { appendFileSync, readFileSync } from 'node:fs';
import { z } from 'zod';
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

/** A line that a crash cut off is the last one, and says nothing that anything else rests on. */
function readLines(path: string): Line[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    try {
      return Line.parse(JSON.parse(line));
    } catch {
      return [];
    }
  });
}
