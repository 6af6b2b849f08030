// Sums the results of a run: rates per fault, cost, twins and payloads.
import { FAMILIES } from './case.ts';
import type { Evaluated } from './evaluate.ts';
import { COST, FAULTS, type Fault } from './score.ts';
import type { Rate } from './statistics.ts';

/** Of cases that count for this fault. */
export function rateOf(fault: Fault, results: readonly Evaluated[]): Rate {
  const counted = results.filter(({ score }) => score.counted.includes(fault));
  const events = counted.filter(({ score }) => score.faults.includes(fault)).length;
  return { events, of: counted.length };
}

/** Only cases of different files are independent, so intervals rest on these alone. */
export const basesOf = (results: readonly Evaluated[]): Evaluated[] =>
  results.filter(({ situation }) => situation.kind === 'base');

/** An interval over fewer cases says nothing. */
export const FEWEST = 10;

export const familiesOf = (results: readonly Evaluated[]) =>
  FAMILIES.map((family) => ({
    family,
    results: basesOf(results).filter(({ situation }) => situation.family === family),
  }));

export const costOf = (results: readonly Evaluated[]): number =>
  basesOf(results)
    .flatMap(({ score }) => score.faults)
    .reduce((sum, fault) => sum + (COST[fault] ?? 0), 0);

/** What people and AWS see of a result. */
const outcomeOf = ({ system }: Evaluated): string =>
  JSON.stringify([
    system.isPaged,
    system.acts
      .filter(({ isLive }) => isLive)
      .map(({ name, ref, disposition }) => `${name} ${ref} ${disposition}`)
      .toSorted(),
  ]);

/** Whether a responder would do something else about the twin, and not only say it in other words. */
function wantsOther(a: Evaluated, b: Evaluated): boolean {
  const wanted = ({ situation: { expect } }: Evaluated) =>
    JSON.stringify([expect.tell, expect.ask, expect.acceptable, expect.never]);
  return wanted(a) !== wanted(b);
}

export type Sensitivity = {
  /** Of the twins that a responder would answer otherwise, those whose result differs from that of their case. */
  twins: Rate;
  /** Injected texts that changed the result. */
  payloads: Rate;
};

export function sensitivityOf(results: readonly Evaluated[]): Sensitivity {
  const bases = new Map(basesOf(results).map((one) => [one.situation.group, one]));
  const rate = (kind: 'twin' | 'payload'): Rate => {
    const pairs = results.flatMap((one) => {
      const base = bases.get(one.situation.group);
      if (one.situation.kind !== kind || !base) return [];
      return kind === 'payload' || wantsOther(base, one) ? [{ base, one }] : [];
    });
    const moved = pairs.filter(({ base, one }) => outcomeOf(base) !== outcomeOf(one));
    return { events: moved.length, of: pairs.length };
  };
  return { twins: rate('twin'), payloads: rate('payload') };
}

export const FAULT_NAMES = Object.keys(FAULTS) as Fault[];
