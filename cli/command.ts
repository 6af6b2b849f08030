// Gives every command its help, its version, its usage errors and its exit code.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { jsonOf, type Out, type Outcome, outputTo, printable } from './output.ts';

/** The command did not run as it was called. */
const NOT_RUN = 2;

export type Texts = {
  /** What a person types before the options: `npm run audit --`. */
  call: string;
  purpose: string;
  /** Arguments of the call, and what it does. */
  examples: readonly (readonly [args: string, what: string])[];
  exitCodes: readonly (readonly [code: number, when: string])[];
};

export type Json = { json?: true };
export const jsonOption = () =>
  new Option('--json', 'print one JSON object to stdout and everything else to stderr');

export function command({ call, purpose, examples, exitCodes }: Texts): Command {
  const plainCall = call.replace(/ --$/, '');
  const example = ([args, what]: readonly [string, string]) =>
    `  ${args ? `${call} ${args}` : plainCall}\n      ${what}`;
  const exitCode = ([code, when]: readonly [number, string]) =>
    `  ${String(code).padEnd(4)}${when}`;
  return new Command(call)
    .description(purpose)
    .version(versionOf(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this text')
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(printable(text)) })
    .showHelpAfterError(`Run "${call} --help" for help.`)
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        ...examples.map(example),
        '',
        'Exit codes:',
        ...exitCodes.map(exitCode),
      ].join('\n'),
    );
}

function versionOf(): string {
  const file = join(import.meta.dirname, '..', 'package.json');
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

/** Parses the arguments and runs the command. Sets the exit code. */
export async function run(name: string, parsed: Command, args: readonly string[]): Promise<void> {
  try {
    await parsed.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version end with 0; commander has printed them, or what is wrong.
    process.exitCode = error.exitCode === 0 ? 0 : NOT_RUN;
    if (error.exitCode !== 0 && args.includes('--json'))
      printJson(name, failed(NOT_RUN), error.message.replace(/^error: /, ''));
  }
}

/** Does the work of a command. Its outcome becomes the exit code and, with `json`, the object on stdout. */
export async function finish(
  name: string,
  { json = false }: { json?: boolean },
  work: (out: Out) => Promise<Outcome>,
): Promise<void> {
  try {
    const outcome = await work(outputTo({ json }));
    process.exitCode = outcome.exitCode;
    if (json) printJson(name, outcome);
  } catch (error) {
    const { isForTheOperator } = await import('./operator-errors.ts');
    const message = error instanceof Error ? error.message : String(error);
    const expected = isForTheOperator(error);
    if (json) printJson(name, failed(expected ? NOT_RUN : 1), message);
    if (!expected) throw error;
    process.exitCode = NOT_RUN;
    process.stderr.write(printable(`error: ${message}\n`));
  }
}

const failed = (exitCode: number): Outcome => ({ exitCode, results: [], counts: {} });

const printJson = (name: string, outcome: Outcome, error?: string) =>
  process.stdout.write(`${jsonOf(name, outcome, error)}\n`);
