// Every action of the catalog on each kind of target, in every state.
import { laptopCanaries } from '../../cli/drill/stand-ins.ts';
import { type Action, Status } from '../../functions/domain/action.ts';
import {
  ACTIONS,
  ActionName,
  type ManualName,
  type TargetKindOf,
} from '../../functions/domain/action-catalog.ts';
import type { Entity, EntityKind } from '../../functions/domain/alert.ts';
import type { ApprovalRequest, Vote } from '../../functions/domain/approval.ts';
import {
  HELD_BY_ANOTHER,
  IN_PLACE_BEFORE,
  REMAINS_IN_PLACE,
  targetGone,
} from '../../functions/domain/effect-state.ts';
import { MECHANISMS } from '../../functions/mechanisms/registry.ts';
import { reviewAfterDays } from '../../functions/policy/schemas/actions.ts';
import { actionDigest, append } from '../../functions/store/hash-chain.ts';
import { attacker, POLICY, recommend, subjectOn, theAlertItself } from '../fixtures/case.ts';
import { ana, ben, minute, requestWith, waiting } from '../web/approval-pages.ts';

/** One action on one target, as it was proposed. */
export type Case = { title: string; action: Action };

const entityOf = (kind: EntityKind, value: string, attributes = {}): Entity => ({
  ...attacker,
  ref: `${kind}-1`,
  kind,
  value,
  attributes,
});

/** A target for each kind that only manual actions accept. The compiler names a kind without one. */
const MANUAL_TARGETS = {
  ip: '203.0.113.0/24',
  instance: 'i-0aa1bb2cc3dd4ee5f',
  'network-interface': 'eni-0f1e2d3c4b5a69788',
  'access-key': 'AKIAIOSFODNN7EXAMPLE',
  'iam-user': 'report-export',
  'iam-role': 'report-role',
  'api-key': 'k4partner9',
  'root-user': 'root',
  cluster: 'shop',
  database: 'orders-db',
  alert: theAlertItself.value,
  workload: 'shop/checkout-7f',
  function: 'shop-checkout',
  bucket: 'shop-orders',
  resource: 'arn:aws:cloudtrail:eu-central-1:111122223333:trail/main',
} as const satisfies Readonly<Record<ManualKind, string>>;
type ManualKind = TargetKindOf<ManualName>;

const proposed = (name: ActionName, change: Partial<Action>): Action => {
  const action = waiting({
    status: 'proposed',
    name,
    approval: null,
    attentionAt: null,
    description: null,
    mechanism: null,
    recommendation: recommend({ action: name, reasoning: 'The alert fits a known pattern.' }),
    ...change,
  });
  return { ...action, digest: actionDigest(action) };
};

const described = (): Case[] =>
  MECHANISMS.flatMap((mechanism) => {
    const canaries = laptopCanaries(POLICY).filter(({ mechanisms }) =>
      mechanisms.includes(mechanism.id),
    );
    const targets =
      canaries.length > 0
        ? canaries.map(({ kind, value, attributes, parameters }) => ({
            target: entityOf(kind, value, attributes),
            parameters: parameters ?? {},
          }))
        : [{ target: theAlertItself, parameters: {} }];
    return targets.map(({ target, parameters }) => {
      const kept = ACTIONS[mechanism.action].kind === 'informs';
      const durationMinutes = kept ? null : 60;
      const isUndoneByAPerson = reviewAfterDays(POLICY.actions[mechanism.action]) !== null;
      const subject = subjectOn(target, { parameters, durationMinutes });
      return {
        title: `${mechanism.id} on ${target.value}`,
        action: proposed(mechanism.action, {
          target,
          parameters,
          durationMinutes,
          mechanism: mechanism.id,
          scope: mechanism.scope,
          effectKey: mechanism.effectKey(subject),
          description: mechanism.describe({ ...subject, isUndoneByAPerson }, null),
        }),
      };
    });
  });

const manual = (): Case[] =>
  ActionName.options
    .filter((name): name is ManualName => ACTIONS[name].kind === 'manual')
    .flatMap((name) =>
      ACTIONS[name].targets.map((kind: ManualKind) => ({
        title: `${name} on ${kind}`,
        action: proposed(name, { target: entityOf(kind, MANUAL_TARGETS[kind]), scope: null }),
      })),
    );

export const CASES: readonly Case[] = [...described(), ...manual()];

const decision = (by: string, verdict: Vote['verdict'], minutes: number) => ({
  by,
  verdict,
  at: minute(minutes).toISOString(),
  reason: '',
});
const byAna = decision(ana.id, 'approved', 2);
const approved: Vote = { ...byAna, durationMinutes: null, proof: null };
const approvedRequest = (change: Partial<ApprovalRequest> = {}): ApprovalRequest =>
  requestWith({ votes: [approved], decision: byAna, taskToken: null, ...change });

/** What happened to the target: nothing yet, nothing at all, the change, or the change and its undo. */
export type Phase = 'ahead' | 'never' | 'made' | 'undone';
export type State = {
  phase: Phase;
  status: Status;
  change: Partial<Action>;
  /** The history that led to the state. By default, one entry without a text. */
  events?: readonly (readonly [event: string, text: string])[];
};

const applied: Partial<Action> = {
  approval: approvedRequest(),
  before: { present: false },
  appliedAt: minute(3).toISOString(),
  dueAt: minute(63).toISOString(),
};

/** Each status, with the fields that it has. The compiler names a status without an entry. */
const BY_STATUS: Readonly<Record<Status, Omit<State, 'status'>>> = {
  proposed: { phase: 'ahead', change: {} },
  'awaiting-approval': { phase: 'ahead', change: { approval: requestWith() } },
  approved: { phase: 'ahead', change: { approval: approvedRequest() } },
  executing: { phase: 'ahead', change: { approval: approvedRequest() } },
  'in-force': { phase: 'made', change: applied },
  kept: {
    phase: 'made',
    change: { ...applied, dueAt: null, reviewAt: minute(30 * 24 * 60).toISOString() },
  },
  reversing: { phase: 'made', change: applied },
  'reversal-failed': { phase: 'made', change: { ...applied, failure: 'AWS did not answer' } },
  reversed: { phase: 'undone', change: applied },
  declined: {
    phase: 'never',
    change: {
      approval: requestWith({ decision: decision(ben.id, 'declined', 2), taskToken: null }),
    },
  },
  expired: { phase: 'never', change: { approval: requestWith({ taskToken: null }) } },
  observed: { phase: 'never', change: { disposition: 'observe' } },
  'handed-off': { phase: 'never', change: { disposition: 'hand-off' } },
  dropped: { phase: 'never', change: { disposition: 'dropped' } },
  failed: { phase: 'never', change: { failure: 'AWS refused the request' } },
};

const APPLIED = ['in-force', 'Applied and verified'] as const;
const IN_PLACE = ['in-force', IN_PLACE_BEFORE] as const;
const REMOVED = ['drifted', 'The list lacks the entry'] as const;

/** States that differ in what people read although their status is the same. */
const VARIANTS: Readonly<Record<string, State>> = {
  'awaiting the second of two approvers': {
    phase: 'ahead',
    status: 'awaiting-approval',
    change: { approval: requestWith({ required: 2, votes: [approved] }) },
  },
  'awaiting the first of two approvers': {
    phase: 'ahead',
    status: 'awaiting-approval',
    change: { approval: requestWith({ required: 2 }) },
  },
  'awaiting past the deadline': {
    phase: 'never',
    status: 'awaiting-approval',
    change: { approval: requestWith({ expiresAt: minute(0).toISOString() }) },
  },
  'requested again': {
    phase: 'never',
    status: 'expired',
    change: {
      approval: requestWith({ taskToken: null }),
      askedAnew: {
        by: 'mei.tanaka',
        at: minute(20).toISOString(),
        actionId: 'act-0123456789abcdef-1r1',
      },
    },
  },
  'stopped after approval': {
    phase: 'never',
    status: 'handed-off',
    change: { approval: approvedRequest(), failure: 'Stopped after approval: the policy changed' },
  },
  'failed and cleaned up': {
    phase: 'never',
    status: 'failed',
    change: { approval: approvedRequest(), before: { present: false }, failure: 'AWS refused it' },
  },
  'expired with one of two approvals': {
    phase: 'never',
    status: 'expired',
    change: { approval: requestWith({ required: 2, votes: [approved], taskToken: null }) },
  },
  extended: {
    phase: 'made',
    status: 'in-force',
    change: { ...applied, dueAt: minute(123).toISOString(), extensions: 1 },
  },
  'removed by someone else': {
    phase: 'undone',
    status: 'in-force',
    change: applied,
    events: [APPLIED, REMOVED],
  },
  'kept, then removed by someone else': {
    phase: 'undone',
    status: 'kept',
    change: { ...applied, dueAt: null, reviewAt: minute(30 * 24 * 60).toISOString() },
    events: [APPLIED, ['kept', ''], REMOVED, ['told', 'Notified Ana Silva']],
  },
  'target deleted': {
    phase: 'undone',
    status: 'in-force',
    change: applied,
    events: [APPLIED, ['target-gone', 'the user no longer exists']],
  },
  'kept, and the target was deleted': {
    phase: 'undone',
    status: 'kept',
    change: { ...applied, dueAt: null, reviewAt: minute(30 * 24 * 60).toISOString() },
    events: [APPLIED, ['kept', ''], ['target-gone', 'the user no longer exists']],
  },
  'ended after the target was deleted': {
    phase: 'undone',
    status: 'reversed',
    change: applied,
    events: [APPLIED, ['reversing', ''], ['reversed', targetGone('the user no longer exists')]],
  },
  'failed because the target was deleted': {
    phase: 'never',
    status: 'failed',
    change: {
      approval: approvedRequest(),
      before: { present: false },
      failure: 'TargetGone: the user no longer exists',
    },
    events: [['failed', targetGone('the user no longer exists')]],
  },
  'found again after it was removed': {
    phase: 'made',
    status: 'in-force',
    change: applied,
    events: [APPLIED, REMOVED, ['there-again', 'The list has the entry']],
  },
  'already in place before': {
    phase: 'never',
    status: 'in-force',
    change: applied,
    events: [IN_PLACE],
  },
  'ended, and was in place before': {
    phase: 'never',
    status: 'reversed',
    change: applied,
    events: [IN_PLACE, ['reversing', ''], ['reversed', REMAINS_IN_PLACE]],
  },
  'ended while another action needs the change': {
    phase: 'made',
    status: 'reversed',
    change: applied,
    events: [APPLIED, ['reversing', ''], ['reversed', HELD_BY_ANOTHER]],
  },
  'undo failed, and people were notified': {
    phase: 'made',
    status: 'reversal-failed',
    change: { ...applied, failure: 'AWS did not answer' },
    events: [APPLIED, ['reversal-failed', 'AWS did not answer'], ['told', 'Notified Ana Silva']],
  },
  'undo stopped without proof': {
    phase: 'made',
    status: 'reversal-failed',
    change: applied,
    events: [APPLIED, ['reversal-failed', 'Unproven: nothing proves that we made this change']],
  },
  judged: {
    phase: 'never',
    status: 'observed',
    change: {
      judgement: { verdict: 'right', by: 'mei.tanaka', at: minute(9).toISOString(), note: '' },
    },
  },
};

export const STATES: readonly (State & { title: string })[] = [
  ...Status.options.map((status) => ({ title: status, status, ...BY_STATUS[status] })),
  ...Object.entries(VARIANTS).map(([title, state]) => ({ title, ...state })),
];

/** The action in the state, with the history entry that brought it there. */
export function inState({ action }: Case, { status, change, events }: State): Action {
  const { actionId } = action;
  let { history } = action;
  for (const [event, text] of events ?? [[status, '']])
    history = append(actionId, history, { at: minute(3), by: 'test', event, text });
  return { ...action, status, ...change, history };
}
