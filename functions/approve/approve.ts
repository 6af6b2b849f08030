// Puts the question to the people whose turn it is, keeps the callback, and ends the request when its time is over.
import { z } from 'zod';
import { moveTo, noted } from '../audit/chain.ts';
import { errorFields, type Log } from '../audit/log.ts';
import {
  type Action,
  ActionId,
  type ApprovalRequest,
  type Approver,
  IncidentId,
} from '../domain/action.ts';
import { InvalidInput, Unavailable } from '../domain/errors.ts';
import type { Message, Send } from '../notify/message.ts';
import { sendAll } from '../notify/send-all.ts';
import { askText } from '../notify/texts.ts';
import type { Store } from '../store/store.ts';
import { issueLink, type Mac } from '../web/link.ts';

export type ApproveDeps = {
  store: Store;
  send: Send;
  mac: Pick<Mac, 'generate'>;
  /** Answers the waiting state machine. */
  callback: (taskToken: string, output: { verdict: string }) => Promise<void>;
  webBaseUrl: string;
  now: () => Date;
  log: Log;
};

export const ApproveInput = z.object({
  incidentId: IncidentId,
  actionId: ActionId,
  rung: z.int().min(0).max(10),
  taskToken: z.string().min(1),
});

export async function approve(deps: ApproveDeps, input: unknown): Promise<void> {
  const { incidentId, actionId, rung, taskToken } = ApproveInput.parse(input);
  // The token first: from here on a decision can wake the state machine.
  const action = await deps.store.records.changeAction(incidentId, actionId, (current) =>
    current.status === 'awaiting-approval' && current.approval
      ? withRequest(current, { taskToken })
      : null,
  );
  const request = action.approval;
  if (!request)
    throw new InvalidInput('an action without a request cannot be asked about', { actionId });
  if (action.status !== 'awaiting-approval') return answer(deps, action, taskToken);
  if (rung >= request.rungs.length || Date.parse(request.expiresAt) <= deps.now().getTime())
    return answer(deps, await expire(deps, action), taskToken);
  await ask(deps, action, request, rung);
}

const withRequest = (action: Action, change: Partial<ApprovalRequest>): Action => ({
  ...action,
  version: action.version + 1,
  approval: action.approval && { ...action.approval, ...change },
});

/** A decision that was made meanwhile wins: the write says whose turn it was. */
const expire = ({ store, now }: ApproveDeps, { incidentId, actionId }: Action): Promise<Action> =>
  store.records.changeAction(incidentId, actionId, (current) =>
    current.status === 'awaiting-approval'
      ? moveTo(
          current,
          'expired',
          { at: now(), by: 'approve', text: 'Nobody decided in time' },
          { attentionAt: null },
        )
      : null,
  );

/** Passes on what was decided, between two rungs or at the end. A deaf state machine has its answer already. */
async function answer(
  { callback, log }: ApproveDeps,
  action: Action,
  taskToken: string,
): Promise<void> {
  const verdict = action.approval?.decision?.verdict ?? 'expired';
  try {
    await callback(taskToken, { verdict });
  } catch (error) {
    log('warn', 'callback not taken', {
      actionId: action.actionId,
      verdict,
      ...errorFields(error),
    });
    throw new Unavailable(
      'the state machine could not be answered',
      { actionId: action.actionId },
      error,
    );
  }
}

async function ask(
  deps: ApproveDeps,
  action: Action,
  request: ApprovalRequest,
  rung: number,
): Promise<void> {
  const before = request.rungs.slice(0, rung).flatMap((one) => one.ask);
  const people = request.rungs[rung]?.ask ?? [];
  const messages = await Promise.all(
    people.map((person) => question(deps, action, person, before)),
  );
  const unreached = await sendAll(deps.send, messages, deps.log);
  const missed = unreached.flatMap(({ to }) => (to.kind === 'person' ? to.name : []));
  const text = `Asked ${people.map(({ name }) => name).join(', ')}${missed.length > 0 ? `; not reached: ${missed.join(', ')}` : ''}`;
  await deps.store.records.changeAction(action.incidentId, action.actionId, (current) =>
    current.status === 'awaiting-approval' && (current.approval?.askedRungs ?? 0) <= rung
      ? {
          ...noted(current, { at: deps.now(), by: 'approve', event: 'asked', text }),
          approval: current.approval && { ...current.approval, askedRungs: rung + 1 },
        }
      : null,
  );
}

async function question(
  { mac, webBaseUrl }: ApproveDeps,
  action: Action,
  person: Approver,
  before: readonly Approver[],
): Promise<Message> {
  const { incidentId, actionId, digest, approval } = action;
  const token = await issueLink(mac, {
    purpose: 'approve',
    incidentId,
    actionId,
    digest,
    person: person.id,
    expires: Math.floor(Date.parse(approval?.expiresAt ?? '') / 1000),
  });
  return {
    key: `ask-${actionId}-${person.id}`,
    to: { kind: 'person', ...person },
    urgency: 'page',
    ...askText(action, before),
    links: [{ label: 'Look, then approve or decline', url: `${webBaseUrl}/approve/${token}` }],
    incidentId,
    actionId,
  };
}
