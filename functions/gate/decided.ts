// Rules over all recommendations about one alert: repeats, and who is paged.
import type { Reason } from '../domain/action.ts';
import { isHarmless } from '../domain/action-catalog.ts';
import { aboutAlert, type Recommendation } from '../domain/assessment.ts';
import { saysRaised } from '../domain/effect-state.ts';
import { pagesAnyway } from '../playbook/playbook.ts';
import { signsOf } from '../playbook/signs.ts';
import { decide, type Ruling } from './decide.ts';
import type { Circumstances } from './proposal.ts';

export type Decided = { recommendation: Recommendation; ruling: Ruling };

/** Drops a repeated recommendation of the same action on the same target. */
export function dropRepeats(decided: readonly Decided[]): Decided[] {
  const seen = new Set<string>();
  return decided.map((one) => {
    const { name, target } = one.ruling;
    const key = `${name} ${target?.ref}`;
    const repeated = name !== null && target !== null && seen.has(key);
    seen.add(key);
    return repeated ? dropped(one, REPEATED) : one;
  });
}

/**
 * Pages once about an alert. A request or a hand-off pages already, so a notification beside it is dropped. A severe
 * alert about which nothing pages gets a notification, even if the analysis recommends none.
 */
export function withOnePage(circumstances: Circumstances, decided: readonly Decided[]): Decided[] {
  const { alert, facts } = circumstances;
  if (decided.some(asksSomeone))
    return decided.map((one) => (isNotification(one) ? dropped(one, ASKED) : one));
  const isPaged = decided.some(
    (one) => isNotification(one) && one.ruling.disposition !== 'dropped',
  );
  if (isPaged || !pagesAnyway(alert, signsOf(alert, facts))) return [...decided];
  const raised = alert.news.find(saysRaised);
  const why = raised ? `${raised}.` : 'The severity is high, and no request pages anyone.';
  const recommendation = aboutAlert('send_analyst_notification', why);
  return [...decided, { recommendation, ruling: decide(recommendation, circumstances) }];
}

const isNotification = ({ ruling }: Decided): boolean =>
  ruling.name === 'send_analyst_notification';

/** Whether it pages as a request or a hand-off. A harmless action that is handed off is only a line in the ticket. */
const asksSomeone = ({ ruling: { disposition, target, name } }: Decided): boolean =>
  target?.kind !== 'alert' &&
  (disposition === 'approve' || (disposition === 'hand-off' && !isHarmless(name)));

const REPEATED: Reason = {
  code: 'recommended-twice',
  text: 'The same action on the same target is already recommended',
};
const ASKED: Reason = {
  code: 'asked-anyway',
  text: 'A request or a hand-off about this alert notifies the on-call analyst',
};

const dropped = ({ recommendation, ruling }: Decided, reason: Reason): Decided => ({
  recommendation,
  ruling: { ...ruling, disposition: 'dropped', reasons: [...ruling.reasons, reason] },
});
