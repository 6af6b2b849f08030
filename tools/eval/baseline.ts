// The gate: compares a run with the committed results of an earlier one.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { PROMPT_VERSION } from '../../functions/analyse/claude.ts';
import { FAULT_NAMES } from './figures.ts';
import { isByCode, type Name, type Requests, type Run } from './run.ts';
import type { Fault } from './score.ts';
import { mcNemar } from './statistics.ts';

export const BASELINE = join(import.meta.dirname, '..', '..', 'evals', 'baseline.json');

/** Faults of each case, joined by spaces. */
const Results = z.record(z.string(), z.string());
const Baseline = z.strictObject({
  promptVersion: z.string(),
  results: z.record(z.string(), Results),
  /** The start of the hash of what each case asks a model. */
  requests: z.record(z.string(), z.string()),
});
export type Baseline = z.infer<typeof Baseline>;

const SHOWN_HASH = 16;

export const baselineOf = (runs: readonly Run[], { hashes }: Requests): Baseline => ({
  promptVersion: PROMPT_VERSION,
  results: Object.fromEntries(
    runs
      .filter(({ results }) => results.length > 0)
      .map(({ name, results }) => [
        name,
        Object.fromEntries(
          results.map(({ situation, score }) => [situation.id, score.faults.join(' ')]),
        ),
      ]),
  ),
  requests: Object.fromEntries([...hashes].map(([id, hash]) => [id, hash.slice(0, SHOWN_HASH)])),
});

export const readBaseline = (file = BASELINE): Baseline | null =>
  existsSync(file) ? Baseline.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;

/** One more of these in any case fails the gate, also for a model. */
const NEVER_MORE: readonly Fault[] = ['system:dangerous', 'system:unpaged', 'system:missed'];
const MOST_WORSE_SHARE = 0.03;
const LIKELY = 0.05;

export type Flip = { run: string; id: string; fault: Fault; isWorse: boolean };
export type Compared = { flips: Flip[]; reasons: string[] };

/** `reasons` is empty when the gate passes. */
export function compare(runs: readonly Run[], requests: Requests, before: Baseline): Compared {
  const now = baselineOf(runs, requests);
  const flips = runs.flatMap(({ name }) => flipsOf(name, before, now));
  const reasons = [
    ...runs.flatMap(({ name }) => worseReasons(name, flips, now)),
    ...differences(runs, before, now),
    ...requestReasons(before, now, runs),
    ...requests.stale.map(
      ({ hash, situation }) =>
        `stale: the recorded answer ${hash} (${situation}) answers no request`,
    ),
  ];
  return { flips, reasons };
}

const faultsIn = (text: string | undefined): Set<string> => new Set(text?.split(' ') ?? []);

function flipsOf(run: string, before: Baseline, now: Baseline): Flip[] {
  const [old = {}, own = {}] = [before.results[run], now.results[run]];
  return Object.entries(own).flatMap(([id, faults]) => {
    if (old[id] === undefined) return [];
    const [was, is] = [faultsIn(old[id]), faultsIn(faults)];
    return FAULT_NAMES.filter((fault) => was.has(fault) !== is.has(fault)).map((fault) => ({
      ...{ run, id, fault },
      isWorse: is.has(fault),
    }));
  });
}

/** Code answers the same each time, so one case is proof. A model's answers vary: its milder faults are a statistic. */
function worseReasons(run: Name, flips: readonly Flip[], now: Baseline): string[] {
  const cases = Object.keys(now.results[run] ?? {}).length;
  const rated = FAULT_NAMES.filter((fault) => isByCode(run) || fault.startsWith('system:'));
  return rated.flatMap((fault) => {
    const of = flips.filter((one) => one.run === run && one.fault === fault);
    const worse = of.filter(({ isWorse }) => isWorse);
    const better = of.length - worse.length;
    const names = worse.map(({ id }) => id).join(', ');
    if ((isByCode(run) || NEVER_MORE.includes(fault)) && worse.length > 0)
      return [`${run}: ${fault} in ${worse.length} more: ${names}`];
    const p = mcNemar(worse.length, better);
    const isMore = worse.length - better > cases * MOST_WORSE_SHARE;
    return isMore || (p < LIKELY && worse.length > better)
      ? [`${run}: ${fault} ${worse.length} worse, ${better} better (p ${p.toFixed(2)}): ${names}`]
      : [];
  });
}

/** Runs that were not measured again, and cases that the baseline lacks. */
function differences(runs: readonly Run[], before: Baseline, now: Baseline): string[] {
  return runs.flatMap(({ name, results }) => {
    const [old, own] = [before.results[name], now.results[name]];
    if (!own) return old ? [`${name}: the baseline has results, and nothing was measured now`] : [];
    const missing = results.filter(({ situation }) => old?.[situation.id] === undefined);
    return missing.length > 0
      ? [`${name}: cases that are not in the baseline: ${missing.length}`]
      : [];
  });
}

/** A request that no recorded answer measures may make the model better or worse: the baseline doesn't say which. */
function requestReasons(before: Baseline, now: Baseline, runs: readonly Run[]): string[] {
  const measured = new Set(
    runs
      .filter(({ name }) => !isByCode(name))
      .flatMap(({ results }) => results.map(({ situation }) => situation.id)),
  );
  const changed = Object.entries(now.requests).filter(
    ([id, hash]) => before.requests[id] !== hash && !measured.has(id),
  );
  if (changed.length === 0) return [];
  const version =
    before.promptVersion === now.promptVersion
      ? ''
      : ` The prompt or the schema is ${now.promptVersion}, and was ${before.promptVersion}.`;
  return [
    `what the model is asked changed in ${changed.length} cases and was not measured: ${changed
      .slice(0, 3)
      .map(([id]) => id)
      .join(', ')}${changed.length > 3 ? ', ...' : ''}.${version}`,
  ];
}
