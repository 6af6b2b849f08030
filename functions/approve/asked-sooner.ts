// Which of an incident's requests asks a person, and which one pages.

import { type Action, concerns } from '../domain/action.ts';
import { opensTicketUnanswered } from '../domain/action-catalog.ts';
import { type Alert, isMoreSevere } from '../domain/alert.ts';
import { type ApprovalRequest, type Approver, askedSoFar } from '../domain/approval.ts';
import { asRaised } from '../domain/effect-state.ts';
import type { Incident } from '../domain/incident.ts';
import { requestOrder, waitsFor } from '../domain/open-requests.ts';
import { minutesAfter } from '../domain/time.ts';
import { CHANNEL_FAILED, SLACK_FAILED } from '../messaging/send-all.ts';
import { namesOf } from '../messaging/texts/phrases.ts';

export const ASKED_EARLY = 'asked-early';
export const askingText = (people: readonly Approver[]): string => `Asking ${namesOf(people)}`;

/** False if no message with the link reached the person. */
export const isReached = ({ history }: Action, { id }: Pick<Approver, 'id'>): boolean =>
  history.every((entry) => entry.event !== 'not-reached' || !concerns(entry, id));

/**
 * What the other open requests of the incident mean for the question about `action`. Two requests may ask at the same
 * moment: in every order of their calls, at least one message about them goes out, and at least one of those pages.
 */
export function amongOthers(
  others: readonly Action[],
  action: Action,
  alert: Alert,
  alerts: Incident['alerts'],
) {
  const reaching = others.filter(reachesPeople);
  const asSevere = asSevereAs(asRaised(alert, action), reaching, alerts);
  const shownBy =
    (requests: readonly Action[]): IsShown =>
    (one, person, at) =>
      requests.some((other) => rank(other) < rank(one) && asksFor(other, one, person, at));
  const isShown = shownBy(reaching);
  // One that failed later may have kept another request from sending a message of its own.
  const mayBeShown = shownBy([...others, action]);
  return {
    /** Whether the message about another request shows this one to the person by `at`. */
    isShown: (person: Approver, at: string): boolean => isShown(action, person, at),
    /** Whether the person received a message about a request that is as severe before `own`, the current action. */
    isAskedSooner: (own: Action, person: Approver): boolean =>
      asSevere.some((one) => isAskedSooner(one, own, person, mayBeShown)),
  };
}

type IsShown = (one: Action, person: Approver, at: string) => boolean;

/** The requests about alerts that are at least as severe: a page about a milder alert says nothing about this one. */
const asSevereAs = (
  { severity: { label } }: Alert,
  requests: readonly Action[],
  alerts: Incident['alerts'],
): Action[] =>
  requests.filter((one) => {
    const severity = alerts.find(({ alertId }) => alertId === one.alertId)?.severity;
    return (
      severity &&
      !isMoreSevere(label, asRaised({ severity: { label: severity } }, one).severity.label)
    );
  });

const FAILURES: readonly string[] = ['not-reached', SLACK_FAILED, CHANNEL_FAILED];

const reachesPeople = ({ history }: Action): boolean =>
  history.every(({ event }) => !FAILURES.includes(event)) ||
  // An early question lists the other requests, too.
  history.some(({ event }) => event === ASKED_EARLY);

/** Requests that page come first. */
const rank = (one: Action): string =>
  `${Number(opensTicketUnanswered(one.name))} ${requestOrder(one)}`;

/**
 * Whether `one` asked the person before `action` did. The order of the questions counts, not that of the requests: of
 * two requests that were made together, the later one may be asked about first. It is total, so that one of them pages.
 */
const asksSooner = (one: Action, action: Action, person: Approver): boolean => {
  const order = (each: Action) =>
    `${Number(opensTicketUnanswered(each.name))} ${firstAskedAt(each, person)} ${requestOrder(each)}`;
  return order(one) < order(action);
};

/** The gate writes the requests of an alert one after the other, within this time. */
const MADE_WITHIN_MINUTES = 1;

/**
 * Whether the message of `one`, of the same alert, shows `action` to the person no later than its own message would. A
 * later alert's requests expire later, so they are asked separately.
 */
function asksFor(one: Action, action: Action, { id }: Approver, at: string): boolean {
  const { alertId, approval } = one;
  if (alertId !== action.alertId || !approval) return false;
  const { acknowledged, rungs, askedRungs, handedTo } = approval;
  const { createdAt } = action;
  const asks = ({ ask }: (typeof rungs)[number]) => ask.some((person) => person.id === id);
  // An earlier message didn't show a request that was made later, for example again.
  if (rungs.slice(0, askedRungs).some((rung) => asks(rung) && askedAt(one, rung) >= createdAt))
    return true;
  if (handedTo.some((handed) => handed.to.id === id && handed.at >= createdAt)) return true;
  // A person takes over only the requests that they know and can answer.
  if (acknowledged && !(acknowledged.at >= createdAt && waitsFor(action, acknowledged.by)))
    return false;
  const soon = minutesAfter(at, MADE_WITHIN_MINUTES);
  return rungs.slice(askedRungs).some((rung) => rung.at <= soon && asks(rung));
}

const askedAt = ({ history }: Action, { at, ask }: ApprovalRequest['rungs'][number]): string =>
  history.findLast(({ event, text }) => event === 'asked' && text === askingText(ask))?.at ?? at;

/** The escalation steps that asked the person. */
const askingRungs = ({ approval }: Action, { id }: Pick<Approver, 'id'>) =>
  (approval?.rungs ?? [])
    .slice(0, approval?.askedRungs)
    .filter(({ ask }) => ask.some((one) => one.id === id));

const firstAskedAt = (action: Action, { id }: Approver): string => {
  const { handedTo = [] } = action.approval ?? {};
  const asking = askingRungs(action, { id });
  const texts = asking.map(({ ask }) => askingText(ask));
  const entry = action.history.find(({ event, text }) => event === 'asked' && texts.includes(text));
  const handed = handedTo.find(({ to }) => to.id === id);
  return entry?.at ?? asking[0]?.at ?? handed?.at ?? '';
};

const isAsked = (action: Action, { id }: Approver): boolean => {
  const { approval, history } = action;
  const isHeld = history.some((entry) => entry.event === 'not-woken' && concerns(entry, id));
  if (!approval || isHeld) return false;
  return askedSoFar(approval).some((one) => one.id === id && isReached(action, one));
};

/**
 * Whether a message about `one` itself went to the person before that of `action`. A request that another one's message
 * shows sends none: if it counted, each of the two would leave the page to the other.
 */
const isAskedSooner = (
  one: Action,
  action: Action,
  person: Approver,
  mayBeShown: IsShown,
): boolean => {
  if (!isAsked(one, person) || !asksSooner(one, action, person)) return false;
  const isHanded = (one.approval?.handedTo ?? []).some(({ to }) => to.id === person.id);
  return isHanded || askingRungs(one, person).some(({ at }) => !mayBeShown(one, person, at));
};
