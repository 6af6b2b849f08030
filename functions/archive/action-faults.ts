// Finds illegal changes to the status and the next sweep of an action.
import { type Action, Status, TRANSITIONS } from '../domain/action.ts';
import { minutesAfter } from '../domain/time.ts';
import { actionDigest } from '../store/hash-chain.ts';

/** Statuses that must not last. The sweeper checks an action until it leaves them. */
const SWEPT: readonly Status[] = [
  'proposed',
  'awaiting-approval',
  'approved',
  'executing',
  'reversing',
];
const DAY_MINUTES = 24 * 60;

/** The version before, of which only the history is checked. */
type Was = { history: readonly unknown[]; status?: unknown; attentionAt?: unknown };

/** Checks that an action matches its digest and reached its status by legal transitions, each with an entry. */
export function faultsOfAction(was: Was | null, action: Action): string[] {
  const { status, digest, history } = action;
  const unswept = sweepFault(was, action);
  const steps = history
    .slice(was?.history.length ?? 0)
    .flatMap(({ event }) => Status.safeParse(event).data ?? []);
  // A planted record may have had any status.
  const start = was ? Status.safeParse(was.status).data : steps.shift();
  const isUnknown = was !== null && start === undefined;
  const illegal = steps.find((step, i) => {
    const from = steps[i - 1] ?? start ?? step;
    // Keeping a kept action again repeats its status.
    return step !== from && !TRANSITIONS[from].includes(step);
  });
  return [
    ...(actionDigest(action) === digest ? [] : ['the action does not match its digest']),
    ...(isUnknown ? ['the status before was not valid'] : []),
    ...(illegal ? [`the transition to ${illegal} is not legal`] : []),
    ...((steps.at(-1) ?? start) === status ? [] : [`no entry records the status ${status}`]),
    ...(unswept ? [unswept] : []),
  ];
}

/**
 * The fault when an action's next sweep was removed or postponed, or null. Without the sweep, an overdue action would
 * remain in force. A legal wait is shorter than a day.
 */
function sweepFault(was: Was | null, action: Action): string | null {
  const { status, attentionAt, dueAt, approval, history } = action;
  if (!SWEPT.includes(status) && !(status === 'in-force' && dueAt)) return null;
  if (attentionAt === null) return `the action is ${status}, but no sweep is planned`;
  const known = [dueAt, approval?.expiresAt, was?.attentionAt, history.at(-1)?.at];
  const last =
    known
      .filter((at) => typeof at === 'string')
      .sort()
      .at(-1) ?? attentionAt;
  return attentionAt <= minutesAfter(last, DAY_MINUTES)
    ? null
    : `the action is ${status}, but the next sweep is not until ${attentionAt}`;
}
