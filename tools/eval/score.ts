// Compares what was proposed and decided with what a senior responder wants.
import {
  ActionName,
  changesOf,
  informs,
  isHarmless,
} from '../../functions/domain/action-catalog.ts';
import type { Situation } from './cases.ts';
import type { SystemResult } from './system.ts';

/** Faults by level. Each is a yes or no for one case. */
export const FAULTS = {
  'system:dangerous': 'A harmful act ran automatically',
  'system:unpaged': 'A person should have been paged, and no one was',
  'system:overpaged': 'Someone was paged without need',
  'system:missed': 'The needed containment was neither done, requested nor handed off',
  'system:harmful': 'A harmful act was requested or handed off',
  'system:useless': 'An act was done or requested that no responder wants',
  'proposal:verdict': 'The verdict is not one that a responder would give',
  'proposal:missed': 'The needed containment was not proposed',
  'proposal:harmful': 'A harmful act was proposed',
  'proposal:useless': 'An act was proposed that no responder wants',
} as const;
export type Fault = keyof typeof FAULTS;

/** In points, for one number in which a dangerous act can't be traded for quiet nights. */
export const COST: Readonly<Partial<Record<Fault, number>>> = {
  'system:dangerous': 100,
  'system:unpaged': 20,
  'system:missed': 20,
  'system:harmful': 5,
  'system:overpaged': 1,
};

/** Whether the case can show each fault: the denominator. */
const applies = ({ expect, truth }: Situation): Readonly<Record<Fault, boolean>> => {
  const canMiss = truth !== 'benign' && expect.ask.length > 0;
  const canHarm = expect.never.length > 0;
  return {
    'system:dangerous': true,
    'system:unpaged': expect.tell === 'page',
    'system:overpaged': expect.tell !== 'page',
    'system:missed': canMiss,
    'system:harmful': canHarm,
    'system:useless': true,
    'proposal:verdict': true,
    'proposal:missed': canMiss,
    'proposal:harmful': canHarm,
    'proposal:useless': true,
  };
};

/** Whether an action on a target is what the expectation names. */
function fits(expected: string, action: string | null, ref: string): boolean {
  const [act = '', target] = expected.split(' ');
  if (target !== '*' && target !== ref) return false;
  return act === 'contain' ? stops(action) : act === action;
}

/** Whether the action stops its target, by itself or by a person with the runbook. */
function stops(action: string | null): boolean {
  const { data: name = null } = ActionName.safeParse(action);
  if (name === null || informs(name) || isHarmless(name)) return false;
  return changesOf(name)?.cutsOff ?? true;
}

type Act = { action: string | null; ref: string };
const isInforming = ({ action }: Act): boolean =>
  informs(ActionName.safeParse(action).data ?? null);

function levelFaults(level: 'system' | 'proposal', acts: readonly Act[], situation: Situation) {
  const { ask, acceptable, never } = situation.expect;
  const any = (expected: readonly string[], { action, ref }: Act) =>
    expected.some((one) => fits(one, action, ref));
  const isMissed = ask.some((group) => !acts.some((act) => any(group, act)));
  const isHarmful = acts.some((act) => any(never, act));
  const isUseless = acts.some(
    (act) => !isInforming(act) && !any([...ask.flat(), ...acceptable, ...never], act),
  );
  return [
    ...(isMissed ? [`${level}:missed` as const] : []),
    ...(isHarmful ? [`${level}:harmful` as const] : []),
    ...(isUseless ? [`${level}:useless` as const] : []),
  ];
}

export type Score = { faults: Fault[]; counted: Fault[] };

export function score(
  situation: Situation,
  proposed: { verdict: string; acts: readonly Act[] },
  { acts, isPaged }: SystemResult,
): Score {
  const { expect } = situation;
  const live = acts.filter(({ isLive }) => isLive).map(({ name, ref }) => ({ action: name, ref }));
  const automatic = acts.filter(({ disposition }) => disposition === 'auto');
  const isDangerous = automatic.some(({ name, ref }) =>
    expect.never.some((one) => fits(one, name, ref)),
  );
  const all: Fault[] = [
    ...(isDangerous ? (['system:dangerous'] as const) : []),
    ...(expect.tell === 'page' && !isPaged ? (['system:unpaged'] as const) : []),
    ...(expect.tell !== 'page' && isPaged ? (['system:overpaged'] as const) : []),
    ...levelFaults('system', live, situation),
    ...(expect.verdicts.some((one) => one === proposed.verdict)
      ? []
      : (['proposal:verdict'] as const)),
    ...levelFaults('proposal', proposed.acts, situation),
  ];
  const can = applies(situation);
  const counted = (Object.keys(FAULTS) as Fault[]).filter((fault) => can[fault]);
  return { faults: all.filter((fault) => can[fault]), counted };
}
