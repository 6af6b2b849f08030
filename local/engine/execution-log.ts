// Which executions were started and how they ended, so that those cut short are run again and names stay taken.
import { z } from 'zod';
import { openJournal } from './journal.ts';

export const ExecutionEnd = z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT']);
export type ExecutionEnd = z.infer<typeof ExecutionEnd>;

/** `end` is absent while it runs, and after a crash until it has been run again. */
export type LoggedExecution = {
  machine: string;
  name: string;
  input: unknown;
  startedAt: string;
  end?: { status: ExecutionEnd; output: unknown; at: string };
};

export type ExecutionLog = {
  started(machine: string, name: string, input: unknown): void;
  /** `output` is the result, or `{error, cause}` of a failure. */
  finished(machine: string, name: string, status: ExecutionEnd, output: unknown): void;
  /** In the order of their start. */
  all(): LoggedExecution[];
};

/**
 * AWS frees a name 90 days after its execution closed.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
const NAMES_KEPT_DAYS = 90;
const DAY_MS = 86_400_000;

const Entry = z.discriminatedUnion('event', [
  z.strictObject({
    event: z.literal('started'),
    machine: z.string(),
    name: z.string(),
    input: z.unknown(),
    at: z.iso.datetime(),
  }),
  z.strictObject({
    event: z.literal('finished'),
    machine: z.string(),
    name: z.string(),
    status: ExecutionEnd,
    output: z.unknown(),
    at: z.iso.datetime(),
  }),
]);
type Entry = z.infer<typeof Entry>;

/** Nothing outlives the process: for tests, and for a run that should leave no trace. */
export function memoryExecutionLog(now: () => Date): ExecutionLog {
  return logOf([], () => {}, now);
}

export function fileExecutionLog(path: string, now: () => Date): ExecutionLog {
  const oldest = now().getTime() - NAMES_KEPT_DAYS * DAY_MS;
  const journal = openJournal(path, Entry, (entries) => {
    const kept = replay(entries).filter(({ end }) => !end || Date.parse(end.at) >= oldest);
    return kept.flatMap(toEntries);
  });
  return logOf(journal.entries, journal.append, now);
}

function logOf(
  found: readonly Entry[],
  append: (entry: Entry) => void,
  now: () => Date,
): ExecutionLog {
  const entries = [...found];
  const write = (entry: Entry) => {
    append(entry);
    entries.push(entry);
  };
  const at = () => now().toISOString();
  return {
    started: (machine, name, input) => write({ event: 'started', machine, name, input, at: at() }),
    finished: (machine, name, status, output) =>
      write({ event: 'finished', machine, name, status, output, at: at() }),
    all: () => replay(entries),
  };
}

function replay(entries: readonly Entry[]): LoggedExecution[] {
  const executions = new Map<string, LoggedExecution>();
  for (const entry of entries) {
    const { event, machine, name, at } = entry;
    const key = JSON.stringify([machine, name]);
    if (event === 'started') {
      executions.set(key, { machine, name, input: entry.input, startedAt: at });
    } else {
      const { status, output } = entry;
      const execution = executions.get(key);
      if (execution) execution.end = { status, output, at };
    }
  }
  return [...executions.values()];
}

function toEntries({ machine, name, input, startedAt, end }: LoggedExecution): Entry[] {
  const started: Entry = { event: 'started', machine, name, input, at: startedAt };
  return end ? [started, { event: 'finished', machine, name, ...end }] : [started];
}
