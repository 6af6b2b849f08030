// Prints text for people, or one JSON object for programs.
import { harmless } from '../functions/domain/wording.ts';

/**
 * How a command ended. `results` has one element per event, record, mechanism, channel or step, all with the same
 * fields.
 */
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
  /** One line on stderr about the current work. */
  progress(text: string): void;
};

type Stream = { write(text: string): unknown };
type Streams = { stdout: Stream; stderr: Stream };

/** Results go to stdout. With `json` they go to stderr, because stdout carries only the JSON object. */
export function outputTo({ json }: { json: boolean }, { stdout, stderr }: Streams = process): Out {
  const results = json ? stderr : stdout;
  return {
    line: (text) => results.write(`${harmless(text)}\n`),
    write: (text) => results.write(harmless(text)),
    progress: (text) => stderr.write(`${harmless(text)}\n`),
  };
}

/** The object that `--json` prints, on one line. Spaces replace control and invisible characters. */
export const jsonOf = (command: string, outcome: Outcome, error: string | null = null): string =>
  JSON.stringify({ command, ...outcome, error }, (_key, value: unknown) =>
    typeof value === 'string' ? harmless(value) : value,
  );
