// Makes the promises hold when a schedule, an event or a function was lost: finds what is overdue and sets it going again.
import { moveTo, noted } from '../audit/chain.ts';
import { errorFields, type Log } from '../audit/log.ts';
import type { Action } from '../domain/action.ts';
import { NotFound } from '../domain/errors.ts';
import type { Incident } from '../domain/incident.ts';
import { minutesAfter } from '../domain/time.ts';
import { utc } from '../domain/wording.ts';
import type { Send } from '../notify/message.ts';
import type { Store } from '../store/store.ts';

export type SweepDeps = {
  store: Store;
  /** Starts the state machines. A name that is in use already means that somebody else was faster: no error. */
  startReverse: (name: string, input: object) => Promise<void>;
  startRespond: (name: string, input: object) => Promise<void>;
  /** Gives the state machine the answer that it may have missed; rejects when it no longer waits. */
  callback: (token: string, output: object) => Promise<void>;
  /** Has the notify function tell people about an action. */
  tell: (input: { incidentId: string; actionId: string }) => Promise<void>;
  send: Send;
  now: () => Date;
  log: Log;
};

/** What one sweep saw and did. */
export type SweepResult = { looked: number; restarted: number; failures: number };

/** One look at everything whose time has come. One record that cannot be helped does not keep the others waiting. */
export async function sweep(deps: SweepDeps): Promise<SweepResult> {
  const { actions, incidents, tripped, unreadable } = await deps.store.records.needingAttention(
    deps.now(),
  );
  const looked = actions.length + incidents.length + tripped.length;
  const result = { looked, restarted: 0, failures: 0 };
  const attempt = async (ids: Record<string, string>, work: () => Promise<void>) => {
    try {
      await work();
      result.restarted++;
    } catch (error) {
      result.failures++;
      deps.log('error', 'the sweeper could not help', { ...ids, ...errorFields(error) });
    }
  };
  for (const action of actions)
    await attempt({ incidentId: action.incidentId, actionId: action.actionId }, () =>
      help(deps, action),
    );
  for (const incident of incidents)
    await attempt({ incidentId: incident.incidentId }, () => resume(deps, incident));
  for (const account of tripped) await attempt({ account }, () => tellOfBreaker(deps, account));
  for (const error of unreadable) deps.log('error', 'the sweeper cannot read', errorFields(error));
  // After all else is done: only a person can help these, and whoever calls the sweeper raises the alarm.
  if (unreadable.length > 0)
    throw new AggregateError(unreadable, `${unreadable.length} stored items cannot be read`);
  return result;
}

async function help(deps: SweepDeps, action: Action): Promise<void> {
  const { incidentId, actionId } = action;
  deps.log('warn', 'overdue', {
    incidentId,
    actionId,
    status: action.status,
    since: action.attentionAt,
  });
  switch (action.status) {
    case 'awaiting-approval':
      return expire(deps, action);
    case 'expired':
      return action.askedAnew ? startAnew(deps, action, action.askedAnew) : expire(deps, action);
    case 'approved':
      return passOn(deps, action);
    case 'handed-off':
      await deps.tell({ incidentId, actionId });
      return lookAgain(deps, action);
    case 'kept':
      await deps.tell({ incidentId, actionId });
      return lookAgain(deps, action, minutesAfter(deps.now(), KEPT_AGAIN_MINUTES));
    case 'proposed':
    case 'executing':
    case 'in-force':
    case 'reversing':
    case 'reversal-failed':
    // These two are over, but an execution that a reversal overtook may have left something.
    case 'reversed':
    case 'failed':
      await undo(deps, action);
      return lookAgain(deps, action);
    default:
      return lookAgain(deps, action, null);
  }
}

/** The state machine is gone or deaf: the request ends here, on time, with nothing done; whoever tells people ends the looks. */
async function expire(
  { store, callback, tell, now, log }: SweepDeps,
  action: Action,
): Promise<void> {
  const { incidentId, actionId } = action;
  const text = 'Nobody decided in time; found by the sweeper';
  const ended = await store.records.changeAction(incidentId, actionId, (current) =>
    current.status === 'awaiting-approval'
      ? moveTo(current, 'expired', { at: now(), by: 'sweep', text })
      : null,
  );
  if (ended.status !== 'expired') return;
  const token = ended.approval?.taskToken;
  const woken = token ? await wake({ callback, log }, ended, token, 'expired') : false;
  // A state machine that took the answer tells people itself.
  if (!woken) await tell({ incidentId, actionId });
  await lookAgain({ store, now }, ended);
}

/** A person approved and the answer was lost: pass it on, or, when nobody waits for it, say that nothing was done. */
async function passOn(deps: SweepDeps, action: Action): Promise<void> {
  const token = action.approval?.taskToken;
  if (token && (await wake(deps, action, token, 'approved'))) return lookAgain(deps, action);
  await deps.tell({ incidentId: action.incidentId, actionId: action.actionId });
  await undo(deps, action);
  await lookAgain(deps, action);
}

/** The name carries the version: one start per state of affairs, however many sweeps see it. */
const undo = (
  { startReverse }: SweepDeps,
  { incidentId, actionId, scope, version }: Action,
): Promise<void> =>
  startReverse(`sweep-${actionId}-${version}`, {
    incidentId,
    actionId,
    scope: scope ?? 'none',
    cause: 'sweeper',
    by: 'sweep',
  });

async function wake(
  { callback, log }: Pick<SweepDeps, 'callback' | 'log'>,
  { actionId }: Action,
  token: string,
  verdict: string,
): Promise<boolean> {
  try {
    await callback(token, { verdict });
    return true;
  } catch (error) {
    // Anything but "nobody waits" may pass: the next sweep tries again.
    if (!(error instanceof NotFound)) throw error;
    log('info', 'the state machine no longer waits', { actionId, ...errorFields(error) });
    return false;
  }
}

const KEPT_AGAIN_MINUTES = 7 * 24 * 60;

/** A manager had it asked anew, and the new question may never have been put. */
async function startAnew(
  deps: SweepDeps,
  action: Action,
  asked: NonNullable<Action['askedAnew']>,
): Promise<void> {
  const { incidentId, alertId, actionId } = action;
  const isPut = await deps.store.records.findAction(incidentId, asked.actionId);
  if (isPut) return lookAgain(deps, action, null);
  const name = `again-${asked.actionId}-${action.version}`;
  await deps.startRespond(name, { incidentId, alertId, askAnew: actionId });
  return lookAgain(deps, action);
}

const LOOK_AGAIN_MINUTES = 5;
/** What was broken may be mended at any time: it is undone soon after. */
const SELDOM_MINUTES = 15;
/** Further looks leave no entry: an item ends at 400 KB, and what is stuck for weeks must not outgrow it. */
const NOTED_LOOKS = 8;

const looksAt = ({ history }: Action): number =>
  history.filter(({ event }) => event === 'swept').length;

/** Moves the next look into the future, or ends them, where the record is still as it was seen. */
async function lookAgain(
  { store, now }: Pick<SweepDeps, 'store' | 'now'>,
  seen: Action,
  attentionAt: string | null = minutesAfter(
    now(),
    Math.min(LOOK_AGAIN_MINUTES * 2 ** looksAt(seen), SELDOM_MINUTES),
  ),
) {
  const isNoted = attentionAt !== null && looksAt(seen) < NOTED_LOOKS;
  const text = `Found ${seen.status} and overdue`;
  await store.records.changeAction(seen.incidentId, seen.actionId, (current) =>
    current.version === seen.version && current.attentionAt === seen.attentionAt
      ? {
          ...(isNoted
            ? noted(current, { at: now(), by: 'sweep', event: 'swept', text })
            : { ...current, version: current.version + 1 }),
          attentionAt,
        }
      : null,
  );
}

const MAX_RESTARTS = 2;
/** Longer than an assessment takes, with every rung of the ladder. */
const RESTARTED_AT_MOST_MINUTES = 90;

/** An assessment that never ended: run it again from its start, which repeats nothing; at last, say that it failed. */
async function resume(deps: SweepDeps, incident: Incident): Promise<void> {
  const { incidentId } = incident;
  const restarts = incident.history.filter(({ event }) => event === 'restarted').length;
  const unfinished = incident.alerts.filter(({ outcome }) => outcome === null);
  const again = restarts < MAX_RESTARTS;
  if (again)
    for (const { alertId } of unfinished)
      await deps.startRespond(`${alertId}-restart-${restarts + 1}`, { incidentId, alertId });
  // Told first: an incident that is closed is not looked at again.
  if (!again)
    await deps.send({
      key: `given-up-${incidentId}`,
      to: { kind: 'team' },
      urgency: 'page',
      ends: [],
      subject: 'An incident could not be worked through',
      paragraphs: [
        `Incident ${incidentId} did not come to an end after ${restarts} restarts. Please look at it.`,
      ],
      facts: [],
      steps: [],
      links: [],
      incidentId,
      actionId: null,
    });
  const at = deps.now();
  await deps.store.records.changeIncident(incidentId, (current) =>
    current.version !== incident.version
      ? null
      : again
        ? {
            ...noted(current, {
              at,
              by: 'sweep',
              event: 'restarted',
              text: 'Its assessment did not come to an end',
            }),
            attentionAt: minutesAfter(at, RESTARTED_AT_MOST_MINUTES),
          }
        : {
            ...noted(current, {
              at,
              by: 'sweep',
              event: 'failed',
              text: 'Given up; a person was told',
            }),
            status: 'closed',
            closedAt: at.toISOString(),
            outcome: 'failed',
            alerts: current.alerts.map((alert) => ({
              ...alert,
              outcome: alert.outcome ?? 'failed',
            })),
            attentionAt: null,
          },
  );
}

/** The breaker moves by itself; only a person moves it back, and has to know. */
async function tellOfBreaker({ store, send }: SweepDeps, account: string): Promise<void> {
  const breaker = await store.breaker.find(account);
  if (!breaker?.tripped || !breaker.attentionAt) return;
  const { at, why } = breaker.tripped;
  await send({
    key: `breaker-${account}-${at}`,
    to: { kind: 'team' },
    urgency: 'page',
    ends: [],
    subject: 'The breaker tripped: everything is put to a person',
    paragraphs: [
      `Since ${utc(at)} no action in account ${account} runs by itself: ${why}.`,
      'Reversals still run. Find out what went wrong, then move the switch back to run; nothing moves it by itself.',
    ],
    facts: [],
    steps: [],
    links: [],
    incidentId: 'none',
    actionId: null,
  });
  await store.breaker.settle(account, breaker);
}
