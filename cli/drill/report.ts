// What a drill prints: a line that grows while it runs, and a table at the end.
import type { Result, Teller } from './run.ts';

type Out = { write(text: string): unknown };

export const telling = (out: Out): Teller => ({
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

/** Why, for everything that did not pass, and the commands for what is left. */
export const troubleIn = (results: readonly Result[]): string[] =>
  results
    .filter(({ outcome }) => outcome !== 'passed')
    .flatMap(({ mechanism, canary, outcome, text, leftBehind }) => [
      `${mechanism} on ${canary} ${outcome}: ${text}`,
      ...(leftBehind.length > 0
        ? ['  To undo it by hand:', ...leftBehind.map((one) => `    ${one}`)]
        : []),
    ]);

/** `12 passed, 1 failed, 0 not drilled; nothing is left behind`. */
export function countsOf(results: readonly Result[], stuck: readonly string[]): string {
  const count = (...wanted: Result['outcome'][]) =>
    results.filter(({ outcome }) => wanted.includes(outcome)).length;
  const left = results.filter(({ leftBehind }) => leftBehind.length > 0).length + stuck.length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('interrupted', 'not drilled')} not drilled; ${left === 0 ? 'nothing is' : `${left} are`} left behind`;
}
