// Formats a drill: a line per mechanism while it runs, a table at the end.
import type { Reporter, Result } from './run.ts';

type Out = { write(text: string): unknown };

export const reporterTo = (out: Out): Reporter => ({
  begins: (mechanism, canary) => out.write(`${mechanism} on ${canary}:`),
  step: (name) => out.write(` ${name}`),
  ends: ({ outcome, tookMs }) => out.write(` ... ${outcome} in ${seconds(tookMs)}\n`),
});

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const HEAD = ['mechanism', 'version', 'canary', 'result', 'took'];

export function tableOf(results: readonly Result[]): string {
  const rows = [
    HEAD,
    ...results.map(({ mechanism, version, canary, outcome, tookMs }) => [
      mechanism,
      `${version}`,
      canary.length > 60 ? `${canary.slice(0, 59)}…` : canary,
      outcome,
      seconds(tookMs),
    ]),
  ];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const [head = HEAD, ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/** The error of each drill that did not pass, and the commands that undo its change manually. */
export const troubleIn = (results: readonly Result[]): string[] =>
  results
    .filter(({ outcome }) => outcome !== 'passed')
    .flatMap(({ mechanism, canary, outcome, text, leftBehind }) => [
      `${mechanism} on ${canary} ${outcome}: ${text}`,
      ...(leftBehind.length > 0
        ? ['  Undo it manually:', ...leftBehind.map((one) => `    ${one}`)]
        : []),
    ]);

/** For example `12 passed, 1 failed, 0 not drilled; nothing to clean up`. */
export function countsOf(results: readonly Result[], stuck: readonly string[]): string {
  const count = (...wanted: Result['outcome'][]) =>
    results.filter(({ outcome }) => wanted.includes(outcome)).length;
  const left = results.filter(({ leftBehind }) => leftBehind.length > 0).length + stuck.length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('interrupted', 'not drilled')} not drilled; ${left === 0 ? 'nothing' : left} to clean up`;
}
