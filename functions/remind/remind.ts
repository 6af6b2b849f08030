// The remind step: asks a person to keep, extend or undo an action.

import * as z from 'zod/mini';
import { type Action, ActionId, IncidentId, personIn } from '../domain/action.ts';
import { isHarmless } from '../domain/action-catalog.ts';
import type { Approver } from '../domain/approval.ts';
import { isRemoved } from '../domain/effect-state.ts';
import { type Fact, known, type SeenOnWeb, unknown } from '../domain/facts.ts';
import type { Incident } from '../domain/incident.ts';
import { minutesAfter } from '../domain/time.ts';
import { describeWebRequests } from '../domain/web-requests.ts';
import { reviewUrl } from '../messaging/links.ts';
import type { Message } from '../messaging/message.ts';
import { sendAll, troubleIn, withFailures } from '../messaging/send-all.ts';
import { keptText, remindText } from '../messaging/texts/in-force.ts';
import { LINKS } from '../messaging/texts/labels.ts';
import { isQuietSince, seenSince } from '../messaging/texts/phrases.ts';
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
  const traffic = await readWebTraffic(deps, action);
  const onWeb = traffic && describeWebRequests(traffic);
  const incident = await deps.store.records.readableIncident(incidentId);
  const text = isSeen(traffic) ? null : await whyNoReminder(deps, incident, action);
  if (text) {
    await deps.store.records.changeAction(incidentId, actionId, (current) =>
      withEntry(current, { at: deps.now(), by: 'remind', event: 'reminded', text }),
    );
    return { incidentId, actionId, reminded: 0 };
  }
  return sendReminders(deps, action, { incident, onWeb });
}

async function sendReminders(
  deps: RemindDeps,
  action: Action,
  { incident, onWeb }: { incident: Incident | undefined; onWeb: string | null },
) {
  const { incidentId, actionId } = action;
  const inAlerts = seenSince(incident, action);
  const seen = onWeb ? `${inAlerts}\n${onWeb}.` : inAlerts;
  const people = recipientsOf(deps.policy, action);
  const messages = await Promise.all(people.map((person) => reminder(deps, action, person, seen)));
  const sent = await sendAll(deps.send, messages, deps.log);
  const reached = people.filter(
    (_, i) => !sent.unreached.some(({ key }) => key === messages[i]?.key),
  );
  const text =
    people.length > 0
      ? `Reminded ${reached.map(({ name }) => name).join(', ')}${troubleIn(sent)}`
      : 'Reminded no one: no eligible person';
  await deps.store.records.changeAction(incidentId, actionId, (current) => {
    const entry = { at: deps.now(), by: 'remind' };
    // The page behind the link shows this entry, because it has no permission to read AWS WAF itself.
    const seenOnWeb = onWeb
      ? withEntry(current, { ...entry, event: 'looked', text: onWeb })
      : current;
    const withChannels = withFailures(seenOnWeb, sent, entry);
    const ids = reached.map(({ id }) => id);
    return withEntry(withChannels, { ...entry, event: 'reminded', text, people: ids });
  });
  return { incidentId, actionId, reminded: messages.length };
}

/** Whether the action only observes and no person decided on it. Without new activity, it ends without a reminder. */
const needsNoReminder = (action: Action): boolean =>
  isHarmless(action.name) &&
  action.status === 'in-force' &&
  action.approval === null &&
  action.extensions === 0 &&
  !isRemoved(action);

/** Alerts before the action's own whose changes may have reminded people. */
const ALERTS_BEFORE = 8;
const JUST_MINUTES = 60;

/** Why no one needs a reminder; null if people do. Many attackers of one incident must not cause as many reminders. */
async function whyNoReminder(
  { store, now }: RemindDeps,
  incident: Incident | undefined,
  action: Action,
): Promise<string | null> {
  if (!needsNoReminder(action) || !incident) return null;
  if (isQuietSince(incident, action)) return 'Reminded no one: the target stayed quiet';
  const { alerts, incidentId } = incident;
  const own = alerts.findIndex(({ alertId }) => alertId === action.alertId);
  const before = alerts.slice(Math.max(0, own - ALERTS_BEFORE), own + 1);
  const read = await Promise.all(
    before.map(({ alertId }) => store.records.readActionsOf(incidentId, alertId)),
  );
  const since = minutesAfter(now(), -JUST_MINUTES);
  const wasJustReminded = ({ name, approval, history }: Action) =>
    isHarmless(name) &&
    approval === null &&
    history.some(({ event, at, people = [] }) => event === 'reminded' && at > since && people[0]);
  return read.flatMap(({ found }) => found).some(wasJustReminded)
    ? 'Reminded no one: people were just reminded of another harmless change of this incident'
    : null;
}

/** True if the requests are unknown. */
const isSeen = (traffic: Fact<SeenOnWeb> | null): boolean =>
  traffic !== null && (!traffic.known || traffic.value.requests > 0);

/** The address's recent web requests; null if the target is not an address or policy names no web ACL. */
async function readWebTraffic(
  { waf, policy: { webAcls }, readDeadline, now, log }: RemindDeps,
  { target, actionId }: Action,
): Promise<Fact<SeenOnWeb> | null> {
  if (target?.kind !== 'ip' || webAcls.length === 0) return null;
  try {
    const samples = await withDeadline(readDeadline(), (signal) =>
      sampledRequests({ waf, webAcls }, now(), signal),
    );
    const seen = requestsFrom(samples, target.value);
    return seen && known(seen);
  } catch (error) {
    log('warn', 'fact not read', { actionId, ...errorFields(error) });
    return unknown('AWS WAF did not answer');
  }
}

/**
 * The person who kept or approved the action. The on-call analysts if it ran automatically or that person has left,
 * then the managers. Never the person that the action is about.
 */
function recipientsOf({ escalation }: Policy, { approval, target, history }: Action): Approver[] {
  const kept = history.findLast(({ event }) => event === 'kept')?.by;
  const by = personIn(kept ?? '') ?? approval?.decision?.by;
  const groups = [by ? [by] : [], ...escalation.ladder.map(({ ask }) => ask), escalation.managers];
  return (
    groups.map((ids) => peopleOf(escalation, ids, target)).find((people) => people.length > 0) ?? []
  );
}

/** How long the link to review a kept action is valid. */
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
    // Without an answer, the action is undone on time or remains kept, so this doesn't page.
    urgency: 'inform',
    ends: [],
    ...(dueAt ? remindText(action, seen, deps.now()) : keptText(action, seen)),
    links: [{ label: LINKS.review, url }],
    incidentId,
    actionId,
  };
}
