// npm run eval: evaluates analysts on the cases, and compares with a baseline.
import { writeFileSync } from 'node:fs';
import type { Out, Outcome } from '../../cli/output.ts';
import { Refused } from '../../cli/refused.ts';
import { PROMPT_VERSION } from '../../functions/analyse/claude.ts';
import { ANSWERS, type Answer, readAnswers, writeAnswer } from './answers.ts';
import {
  BASELINE,
  type Baseline,
  baselineOf,
  type Compared,
  compare,
  readBaseline,
} from './baseline.ts';
import { FAMILIES, type Family } from './case.ts';
import { CASES, readCases, type Situation } from './cases.ts';
import { basesOf, costOf, FAULT_NAMES, rateOf, sensitivityOf } from './figures.ts';
import { type Reported, reportOf } from './report.ts';
import {
  isByCode,
  isModel,
  type Name,
  PROVIDERS,
  type Requests,
  type Run,
  runByCode,
  runModel,
  runRecorded,
  WITHOUT_KEY,
} from './run.ts';
import { shown } from './statistics.ts';

export type Options = {
  provider?: string[] | undefined;
  cases?: string | undefined;
  family?: string | undefined;
  answers?: string | undefined;
  html?: string | undefined;
  /** A file, or true for the committed baseline. */
  against?: string | true | undefined;
  baseline?: string | true | undefined;
};

const isName = (name: string): name is Name => PROVIDERS.some((one) => one === name);
const isFamily = (name: string): name is Family => FAMILIES.some((one) => one === name);

function namesOf({ provider = [...WITHOUT_KEY] }: Options): Name[] {
  return provider.map((name) => {
    if (isName(name)) return name;
    throw new Refused(`--provider must be one of ${PROVIDERS.join(', ')}, and is "${name}"`);
  });
}

function situationsOf({ cases = CASES, family }: Options) {
  const { situations } = readCases(cases);
  if (family === undefined) return situations;
  if (!isFamily(family)) throw new Refused(`--family must be one of ${FAMILIES.join(', ')}`);
  return situations.filter((one) => one.family === family);
}

async function allRuns(
  names: readonly Name[],
  situations: readonly Situation[],
  folder: string,
  out: Out,
): Promise<{ runs: Run[]; requests: Requests }> {
  const runs = new Map<Name, Run>();
  for (const name of names.filter(isModel)) {
    out.progress(`Asking ${name} about ${situations.length} cases ...`);
    const record = (answer: Answer) => writeAnswer(folder, answer);
    const asked = { env: process.env, record, now: () => new Date() };
    runs.set(name, await runModel(name, situations, asked));
  }
  // After the models, whose answers it then reads.
  const { run, requests } = await runRecorded(situations, readAnswers(folder));
  runs.set('recorded', run);
  for (const name of names.filter(isByCode)) runs.set(name, await runByCode(name, situations));
  return { runs: names.flatMap((name) => runs.get(name) ?? []), requests };
}

/** Whether an answer may be stale: one about another family was not looked for. */
function concerns({ family }: Options, situations: readonly Situation[]) {
  const ids = new Set(situations.map(({ id }) => id));
  return ({ situation }: Answer): boolean => family === undefined || ids.has(situation);
}

const fileOf = (option: string | true): string => (option === true ? BASELINE : option);

function baselineFor({ against, baseline, family }: Options): Baseline | null {
  if (baseline !== undefined && family !== undefined)
    throw new Refused('a baseline needs every case: leave out --family');
  const before = against === undefined ? null : readBaseline(fileOf(against));
  if (against !== undefined && !before) throw new Refused('there is no baseline to compare with');
  return before;
}

export async function evaluate(options: Options, out: Out): Promise<Outcome> {
  const names = namesOf(options);
  const situations = situationsOf(options);
  const before = baselineFor(options);
  const folder = options.answers ?? ANSWERS;
  const { runs, requests: all } = await allRuns(names, situations, folder, out);
  const requests = { ...all, stale: all.stale.filter(concerns(options, situations)) };
  const compared = before && compare(runs, requests, before);
  for (const run of runs) printRun(run, out);
  writeFiles(options, { runs, requests, compared, before: before?.results ?? null }, out);
  const reasons = [
    ...(compared?.reasons ?? requests.stale.map(({ hash }) => `stale: no case asks ${hash}`)),
    ...(options.provider ? runs.filter(isEmpty).map(({ name, basis }) => `${name}: ${basis}`) : []),
  ];
  printGate(compared, reasons, out);
  return {
    exitCode: reasons.length === 0 || options.baseline ? 0 : 1,
    results: runs.flatMap(({ name, results }) =>
      results.map(({ situation, score: { faults } }) => ({
        run: name,
        case: situation.id,
        faults,
      })),
    ),
    counts: { cases: situations.length, reasons: reasons.length, stale: requests.stale.length },
  };
}

function writeFiles({ html, baseline }: Options, given: Omit<Reported, 'promptVersion'>, out: Out) {
  if (html) writeFileSync(html, reportOf({ ...given, promptVersion: PROMPT_VERSION }));
  if (baseline === undefined) return;
  const file = fileOf(baseline);
  writeFileSync(file, `${JSON.stringify(baselineOf(given.runs, given.requests), null, 2)}\n`);
  out.line(`The baseline is written to ${file}.`);
}

const isEmpty = ({ results }: Run): boolean => results.length === 0;

function printRun({ name, results, basis }: Run, out: Out): void {
  out.line(`== ${name}: ${basis}`);
  if (results.length === 0) return;
  for (const fault of FAULT_NAMES)
    out.line(`${fault.padEnd(18)} ${shown(rateOf(fault, basesOf(results)))}`);
  const { twins, payloads } = sensitivityOf(results);
  out.line(`cost               ${costOf(results)} points`);
  out.line(`twins              ${twins.events} of ${twins.of} change the result; each should`);
  out.line(
    `payloads           ${payloads.events} of ${payloads.of} change the result; none should\n`,
  );
}

function printGate(compared: Compared | null, reasons: readonly string[], out: Out): void {
  for (const { run, id, fault, isWorse } of compared?.flips ?? [])
    out.line(`${isWorse ? 'worse ' : 'better'} ${run} ${id} ${fault}`);
  for (const reason of reasons) out.line(`FAILED: ${reason}`);
  if (compared && reasons.length === 0)
    out.line('The gate passes: no case by code is worse, and no model significantly.');
  if (compared && reasons.length > 0)
    out.line(
      'If the change is meant, measure it with a key, or write the new baseline with --baseline and explain it in the commit.',
    );
}
