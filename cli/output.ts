// What a command prints: text for people, or one JSON object for programs.
import { visible } from '../functions/domain/wording.ts';

/** How a command ended. `results` has one element per event, record, mechanism, channel or step, all with the same fields. */
export type Outcome = {
  exitCode: number;
  results: readonly unknown[];
  counts: Readonly<Record<string, number>>;
};

export type Out = {
  /** One line of the result. */
  line(text: string): void;
  /** The same without a line break. */
  write(text: string): void;
  /** What the command is doing now. */
  progress(text: string): void;
};

type Stream = { write(text: string): unknown };
type Streams = { stdout: Stream; stderr: Stream };

/** Text that is safe on a terminal, whoever wrote it. Line breaks stay. */
export const printable = (text: string): string => text.split('\n').map(visible).join('\n');

/** Results go to stdout. With `json`, stdout is left to the object at the end, and they go to stderr. */
export function outputTo({ json }: { json: boolean }, { stdout, stderr }: Streams = process): Out {
  const results = json ? stderr : stdout;
  return {
    line: (text) => results.write(`${printable(text)}\n`),
    write: (text) => results.write(printable(text)),
    progress: (text) => stderr.write(`${printable(text)}\n`),
  };
}

/** The object that `--json` prints: one line, ASCII control characters and invisible ones replaced by spaces. */
export const jsonOf = (command: string, outcome: Outcome, error: string | null = null): string =>
  JSON.stringify({ command, ...outcome, error }, (_key, value: unknown) =>
    typeof value === 'string' ? visible(value) : value,
  );
