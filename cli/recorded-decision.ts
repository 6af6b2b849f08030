// Decides a recorded action again from the record of its decision alone.
import { isDeepStrictEqual } from 'node:util';
import type { Action, EvaluatedRule } from '../functions/domain/action.ts';
import { TOO_FEW_APPROVERS } from '../functions/domain/approval.ts';
import { Decision } from '../functions/domain/decision.ts';
import { ALREADY } from '../functions/domain/effect-state.ts';
import { InvalidInput } from '../functions/domain/errors.ts';
import { readStored } from '../functions/domain/stored.ts';
import { decide, isStricter, type Ruling } from '../functions/gate/decide.ts';
import { isEffectOf } from '../functions/gate/decide-again.ts';
import { circumstancesOf } from '../functions/gate/decision.ts';
import { effectsOf } from '../functions/mechanisms/registry.ts';
import { Policy } from '../functions/policy/policy.ts';
import { digestOf } from '../functions/store/hash-chain.ts';

/** Records of decisions and policies by the digest in their key. */
export type Recorded = {
  decisions: ReadonlyMap<string, unknown>;
  policies: ReadonlyMap<string, unknown>;
};

/** Why the decision can't be made again, or how today's differs from the recorded one. Empty if nothing differs. */
export type Replayed = { missing: string | null; differences: string[] };

export function replayed(action: Action, recorded: Recorded): Replayed {
  if (!action.inputs) return { missing: 'what it depended on was not recorded', differences: [] };
  try {
    const decision = readStored(Decision, found(recorded.decisions, action.inputs, 'decision'), {
      what: 'decision',
    });
    const policy = readStored(Policy, found(recorded.policies, decision.policy, 'policy'), {
      what: 'policy',
    });
    const ruling = decide(action.recommendation, circumstancesOf(decision, policy, effectsOf));
    return {
      missing: null,
      differences: [
        ...differs('the alert', action.alertId, decision.alert.alertId),
        ...differs('the version of policy', action.policyVersion, policy.version),
        ...differencesOf(action, ruling),
      ],
    };
  } catch (error) {
    if (error instanceof InvalidInput) return { missing: error.message, differences: [] };
    throw error;
  }
}

/** Throws InvalidInput if the record is not there, or is not the one of its digest. */
function found(records: ReadonlyMap<string, unknown>, digest: string, what: string): unknown {
  const record = records.get(digest);
  if (record === undefined) throw new InvalidInput(`the record of the ${what} is missing`);
  if (digestOf(record) !== digest) throw new InvalidInput(`the record of the ${what} was altered`);
  return record;
}

const differs = (what: string, was: unknown, now: unknown) =>
  isDeepStrictEqual(was, now)
    ? []
    : [`${what} was ${JSON.stringify(was)}, and would be ${JSON.stringify(now)}`];

/** Codes of reasons that the gate adds after the rules, for what no decision records. */
const ADDED: readonly string[] = [
  ...Object.values<string>(ALREADY),
  ...['recommended-twice', 'asked-anyway', 'not-recorded', 'model-not-asked', 'analysis-failed'],
  'analysis-doubted',
  ...['rate-limit', 'asked-anew', TOO_FEW_APPROVERS],
];

function differencesOf(action: Action, ruling: Ruling): string[] {
  const lost = ruling.reasons.filter(
    (reason) => !action.reasons.some((one) => isDeepStrictEqual(one, reason)),
  );
  const added = action.reasons.filter(
    (reason) =>
      !ADDED.includes(reason.code) && !ruling.reasons.some((one) => isDeepStrictEqual(one, reason)),
  );
  const isSameEffect =
    action.mechanism === null
      ? ruling.effects.length === 0
      : ruling.effects.some((effect) => isEffectOf(action, effect));
  return [
    ...differs('the action', action.name, ruling.name),
    ...differs('the target', action.target, ruling.target),
    ...differs('the duration', action.durationMinutes, ruling.durationMinutes),
    ...(isSameEffect ? [] : ['the change in AWS would differ']),
    ...rulesOf(action.considered, ruling.considered),
    ...lost.map(({ text }) => `the record lacks the reason "${text}"`),
    ...added.map(({ text }) => `no rule gives the reason "${text}"`),
    ...dispositionOf(action, ruling),
  ];
}

/** After the rules, a limit, a repeat or a shared effect can only make the decision stricter, each with a reason. */
function dispositionOf({ disposition, reasons }: Action, ruling: Ruling): string[] {
  const isExplained =
    disposition === ruling.disposition ||
    (isStricter(disposition, ruling.disposition) && reasons.length > ruling.reasons.length);
  return isExplained
    ? []
    : [`the disposition was ${disposition}, and would be ${ruling.disposition}`];
}

function rulesOf(was: readonly EvaluatedRule[], now: readonly EvaluatedRule[]): string[] {
  const names = [...new Set([...was, ...now].map(({ rule }) => rule))];
  return names.flatMap((name) => {
    const [before, after] = [was, now].map((all) => all.find(({ rule }) => rule === name));
    if (!before) return [`the rule ${name} is new, with the verdict ${after?.verdict ?? 'ok'}`];
    if (!after) return [`the rule ${name} is gone; its verdict was ${before.verdict ?? 'ok'}`];
    return isDeepStrictEqual(before, after)
      ? []
      : [`the rule ${name} was ${textOf(before)}, and would be ${textOf(after)}`];
  });
}

const textOf = ({ verdict, inputs }: EvaluatedRule): string => `${verdict ?? 'ok'} on ${inputs}`;
