// Gives every command its help, version, usage errors and exit codes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { harmless } from '../functions/domain/wording.ts';
import { jsonOf, type Out, type Outcome, outputTo } from './output.ts';

/** Exit code of a command that did nothing, because its arguments are invalid or something is not set up. */
const NOT_RUN = 2;

export type Texts = {
  /** What a person types before the options: `npm run audit --`. */
  call: string;
  purpose: string;
  /** Arguments of the call, and what it does. */
  examples: readonly (readonly [args: string, what: string])[];
  /** Besides 2, which every command has. */
  exitCodes: readonly (readonly [code: number, when: string])[];
};

export type Json = { json?: true };

export function command({ call, purpose, examples, exitCodes }: Texts): Command {
  const plainCall = call.replace(/ --$/, '');
  const example = ([args, what]: readonly [string, string]) =>
    `  ${args ? `${call} ${args}` : plainCall}\n      ${what}`;
  const exitCode = ([code, when]: readonly [number, string]) =>
    `  ${String(code).padEnd(4)}${when}`;
  const codes = [
    ...exitCodes,
    [NOT_RUN, 'the arguments are invalid, or something is not set up'] as const,
  ];
  return new Command(call)
    .description(purpose)
    .version(versionOf(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this text')
    .addOption(
      new Option(
        '--json',
        'print one JSON object to stdout, and everything else to stderr; npm -s suppresses its own lines',
      ),
    )
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(harmless(text)) })
    .showHelpAfterError(`Run "${call} --help" for help.`)
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        ...examples.map(example),
        '',
        'Exit codes:',
        ...codes.toSorted(([a], [b]) => a - b).map(exitCode),
      ].join('\n'),
    );
}

export function versionOf(): string {
  const file = join(import.meta.dirname, '..', 'package.json');
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

/** Parses the arguments and runs the command. Sets the exit code. */
export async function run(name: string, parsed: Command, args: readonly string[]): Promise<void> {
  try {
    await parsed.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed the help, the version or the error. Help and version exit with 0.
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
  if (json && npmPrintsFirst()) process.stderr.write(`${NPM_HINT}\n`);
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
    process.stderr.write(harmless(`error: ${message}\n`));
  }
}

const NPM_HINT = 'npm prints its own lines before the JSON; "npm run -s" leaves them out.';

/** Whether another program reads what npm printed before this process started. */
const npmPrintsFirst = () =>
  !process.stdout.isTTY &&
  process.env.npm_lifecycle_event !== undefined &&
  process.env.npm_config_loglevel !== 'silent';

const failed = (exitCode: number): Outcome => ({ exitCode, results: [], counts: {} });

const printJson = (name: string, outcome: Outcome, error?: string) =>
  process.stdout.write(`${jsonOf(name, outcome, error)}\n`);
