// Is this the time and the place to act without asking, or at all?
import { drillFault } from '../../domain/drill.ts';
import { type Proposal, type Rule, verdict } from '../proposal.ts';

const findingIsReal: Rule = {
  id: 'finding-is-real',
  question: 'Is the finding more than a sample that the product generated?',
  inputs: ({ alert, policy }) => ({ sample: alert.sample, stage: policy.stage }),
  verdict: ({ alert, policy }) =>
    alert.sample && policy.stage === 'production'
      ? verdict('observe', 'sample-finding', 'The product generated this finding as a sample')
      : null,
};

const findingIsNotSuppressed: Rule = {
  id: 'finding-is-not-suppressed',
  question: 'Was the finding not archived where it came from?',
  inputs: ({ alert }) => ({ archived: alert.archived }),
  // To write it down needs nobody's leave.
  verdict: ({ alert, target }) =>
    alert.archived && target?.kind !== 'alert'
      ? verdict('approve', 'archived-finding', 'The finding was archived where it came from')
      : null,
};

/** Tickets and messages only tell people, and people should hear of a cascade. */
const notOurOwnDoing: Rule = {
  id: 'not-our-own-doing',
  question: 'Is the alert, and what led to it, none of our own doing?',
  inputs: ({ alert, generation }) => ({ causedBy: alert.causedBy?.why ?? null, generation }),
  verdict: ({ alert, generation, target }) => {
    if (target?.kind === 'alert') return null;
    if (alert.causedBy)
      return verdict(
        'approve',
        'self-inflicted',
        `Our own action caused it: ${alert.causedBy.why}`,
      );
    return generation > 1
      ? verdict('approve', 'cascade', 'The incident holds an alert that our own action caused')
      : null;
  },
};

const killSwitch: Rule = {
  id: 'kill-switch',
  question: 'Does the kill switch let things run?',
  inputs: ({ switchMode }) => ({ switch: switchMode }),
  verdict: ({ switchMode }) => {
    if (switchMode === 'run') return null;
    return switchMode === 'ask'
      ? verdict(
          'approve',
          'switch-ask',
          'The switch stands at "ask": everything waits for a person',
        )
      : verdict('hand-off', 'switch-halt', 'The switch stands at "halt": nothing is applied');
  },
};

const isLive: Rule = {
  id: 'is-live',
  question: 'Are the account and the action live, rather than in shadow mode?',
  inputs: ({ policy, actionPolicy }) => ({
    account: policy.mode,
    action: actionPolicy && actionPolicy.tier !== 3 ? actionPolicy.mode : null,
  }),
  verdict: ({ policy, actionPolicy }) => {
    if (policy.mode === 'shadow')
      return verdict(
        'observe',
        'shadow-mode',
        'The account is in shadow mode: what would happen is recorded, nothing is done',
      );
    return actionPolicy && actionPolicy.tier !== 3 && actionPolicy.mode === 'shadow'
      ? verdict(
          'observe',
          'shadow-action',
          'The action is in shadow mode: what would happen is recorded, nothing is done',
        )
      : null;
  },
};

/** Of each mechanism that it takes: why no drill vouches for it. */
const drillFaults = ({ effects, drills, policy, now }: Proposal): string[] => {
  const mechanisms = [...new Set(effects.map(({ mechanism }) => mechanism))];
  return mechanisms.flatMap(
    (mechanism) =>
      drillFault(drills.get(mechanism.id), mechanism, policy.limits.drillMaxAgeDays, now) ?? [],
  );
};

const mechanismsAreDrilled: Rule = {
  id: 'mechanisms-are-drilled',
  question: 'Have drills shown, lately, that what it would change is undone again?',
  inputs: ({ effects, drills }) => ({
    drills: effects.map(({ mechanism: { id, version } }) => {
      const drill = drills.get(id);
      return `${id} v${version}: ${drill ? `v${drill.version} ${drill.outcome} ${drill.at} by ${drill.by}` : 'none'}`;
    }),
  }),
  verdict: (proposal) => {
    const faults = drillFaults(proposal);
    return proposal.policy.mode === 'live' && faults.length > 0
      ? verdict(
          'approve',
          'not-drilled',
          `A person decides, because its undo is not proven here: ${faults.join('; ')}`,
        )
      : null;
  },
};

export const CIRCUMSTANCE_RULES: readonly Rule[] = [
  findingIsReal,
  findingIsNotSuppressed,
  notOurOwnDoing,
  killSwitch,
  mechanismsAreDrilled,
  isLive,
];
