// Says that an action will be undone soon, and gives one person the means to keep, extend or reverse it.

import * as z from 'zod/mini';
import { type Action, ActionId, IncidentId } from '../domain/action.ts';
import type { Approver } from '../domain/approval.ts';
import { known, unknown } from '../domain/facts.ts';
import { describeWebRequests } from '../domain/web-requests.ts';
import { reviewUrl } from '../messaging/links.ts';
import type { Message } from '../messaging/message.ts';
import { sendAll, troubleIn } from '../messaging/send-all.ts';
import { keptText, remindText } from '../messaging/texts/in-force.ts';
import { LINKS } from '../messaging/texts/labels.ts';
import { seenSince } from '../messaging/texts/phrases.ts';
import { withDeadline } from '../platform/deadline.ts';
import { errorFields } from '../platform/log.ts';
import { requestsFrom, sampledRequests } from '../platform/sampled-requests.ts';
import { peopleOf } from '../policy/people.ts';
import type { Policy } from '../policy/policy.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { RemindDeps } from './deps.ts';

export const RemindInput = z.object({ incidentId: IncidentId, actionId: ActionId });

export async function remind(deps: RemindDeps, input: unknown) {
  const { incidentId, actionId } = RemindInput.parse(input);
  const action = await deps.store.records.action(incidentId, actionId);
  if (action.status !== 'in-force' && action.status !== 'kept')
    return { incidentId, actionId, reminded: 0 };
  const onWeb = await lookAtTheWeb(deps, action);
  const inAlerts = seenSince(await deps.store.records.readableIncident(incidentId), action);
  const seen = onWeb ? `${inAlerts}\n${onWeb}.` : inAlerts;
  const people = whoDecides(deps.policy, action);
  const messages = await Promise.all(people.map((person) => reminder(deps, action, person, seen)));
  const sent = await sendAll(deps.send, messages, deps.log);
  const reached = people.filter(
    (_, i) => !sent.unreached.some(({ key }) => key === messages[i]?.key),
  );
  const text =
    people.length > 0
      ? `Reminded ${reached.map(({ name }) => name).join(', ')}${troubleIn(sent)}`
      : 'Reminded nobody: there is nobody who may decide';
  await deps.store.records.changeAction(incidentId, actionId, (current) => {
    const entry = { at: deps.now(), by: 'remind' };
    // Before the rest: the page behind the link shows it, and may look nowhere itself.
    const looked = onWeb ? withEntry(current, { ...entry, event: 'looked', text: onWeb }) : current;
    return withEntry(looked, { ...entry, event: 'reminded', text });
  });
  return { incidentId, actionId, reminded: messages.length };
}

/** What an address asked for on the web since; null for what is no address, and where no web ACL is named. */
async function lookAtTheWeb(
  { waf, policy: { webAcls }, readDeadline, now, log }: RemindDeps,
  { target, actionId }: Action,
): Promise<string | null> {
  if (target?.kind !== 'ip' || webAcls.length === 0) return null;
  try {
    const samples = await withDeadline(readDeadline(), (signal) =>
      sampledRequests({ waf, webAcls }, now(), signal),
    );
    const seen = requestsFrom(samples, target.value);
    return seen && describeWebRequests(known(seen));
  } catch (error) {
    log('warn', 'fact not read', { actionId, ...errorFields(error) });
    return describeWebRequests(unknown('AWS WAF did not answer'));
  }
}

/** Whoever kept or approved it; for what ran by itself, or whose approver has left, the analysts on call. Never whom it is about. */
function whoDecides({ escalation }: Policy, { approval, target, history }: Action): Approver[] {
  const kept = history.findLast(({ event }) => event === 'kept')?.by;
  const by = kept?.startsWith('person:') ? kept.slice('person:'.length) : approval?.decision?.by;
  const groups = [by ? [by] : [], ...escalation.ladder.map(({ ask }) => ask), escalation.managers];
  return (
    groups.map((ids) => peopleOf(escalation, ids, target)).find((people) => people.length > 0) ?? []
  );
}

/** Time to look again at what was kept. */
const REVIEW_LINK_MS = 7 * 24 * 3_600_000;

async function reminder(
  deps: RemindDeps,
  action: Action,
  person: Approver,
  seen: string,
): Promise<Message> {
  const { incidentId, actionId, dueAt, reviewAt, extensions } = action;
  const until = new Date(dueAt ?? deps.now().getTime() + REVIEW_LINK_MS);
  const url = await reviewUrl(deps, action, person, until);
  return {
    key: `remind-${actionId}-${reviewAt ?? extensions}-${person.id}`,
    to: { kind: 'person', ...person },
    // It is undone by itself, or kept: nobody has to be woken for it.
    urgency: 'inform',
    ends: [],
    ...(dueAt ? remindText(action, seen) : keptText(action, seen)),
    links: [{ label: LINKS.review, url }],
    incidentId,
    actionId,
  };
}
