// Tells an incident from its records: what happened, and what is due.
import type { Action } from '../../domain/action.ts';
import { capitalised, oneLine } from '../../domain/wording.ts';
import { effectMoments, effectOf } from './effects.ts';
import type { IncidentView } from './incident-view.ts';
import { LANES, type Moment, type Story } from './moments.ts';
import { dueMoments, peopleMoments } from './people-moments.ts';

/** Everything that the records say about the incident, and what is still due, oldest first. */
export function storyOf(view: IncidentView): Story {
  const { now, actions } = view;
  const effects = actions.flatMap((action) => effectOf(action, view));
  const moments = [
    ...alertMoments(view),
    ...decisionMoments(view),
    ...actions.flatMap((action) => peopleMoments(action, view)),
    ...actions.flatMap((action) => dueMoments(action, view)),
    ...actions.flatMap((action) => effectMoments(action, view, now)),
  ];
  return { moments: moments.toSorted((a, b) => order(a) - order(b)), effects };
}

const order = ({ at, lane }: Moment): number => Date.parse(at) * 10 + LANES.indexOf(lane);

function alertMoments({ incident, worst }: IncidentView): Moment[] {
  const firstSeen = worst?.alert.firstSeenAt;
  const received = incident.alerts[0]?.receivedAt ?? incident.openedAt;
  const seen: Moment[] =
    firstSeen && firstSeen < received
      ? [
          {
            ...{ at: firstSeen, lane: 'alerts', mark: 'seen', short: 'First seen' },
            under: worst.alert.count > 1 ? `${worst.alert.count} in total` : '',
            says: 'The product saw the activity for the first time.',
          },
        ]
      : [];
  const alerts = incident.alerts.map(
    ({ receivedAt: at, severity, title, repeats }): Moment => ({
      ...{ at, lane: 'alerts', mark: 'alert', severity, short: 'Alert' },
      under: capitalised(severity),
      says: `Alert received, severity ${severity}: ${oneLine(title, 160)}${repeats > 0 ? ` (repeated ${repeats} times since)` : ''}`,
    }),
  );
  return [...seen, ...alerts];
}

function decisionMoments({ worst, actions }: IncidentView): Moment[] {
  const decision = { lane: 'decisions', mark: 'decision' } as const;
  const facts = worst?.facts;
  // Facts are read again after an approval, and only the last ones are kept.
  const isAgain = actions.some(
    ({ createdAt }) => facts !== null && createdAt < (facts?.readAt ?? ''),
  );
  const read: Moment[] = facts
    ? [
        {
          ...{
            ...decision,
            at: facts.readAt,
            short: isAgain ? 'Facts again' : 'Facts',
            under: worst.unknown > 0 ? `${worst.unknown} unknown` : '',
          },
          says: `Facts read${isAgain ? ' again' : ''}${worst.unknown > 0 ? `; ${worst.unknown} unknown` : ''}.`,
        },
      ]
    : [];
  const byAlert = Map.groupBy(actions, ({ alertId }) => alertId);
  const ruled = [...byAlert.values()].map((all): Moment => {
    const counts = Map.groupBy(all, ({ disposition }) => disposition);
    const parts = [...counts].map(([disposition, some]) => `${some.length} ${RULED[disposition]}`);
    return {
      ...{ ...decision, at: earliest(all.map(({ createdAt }) => createdAt)), short: 'Rules' },
      under: parts.slice(0, 2).join(', '),
      says: `${all.length === 1 ? 'One action was' : `${all.length} actions were`} proposed. The rules decided: ${parts.join(', ')}.`,
    };
  });
  return [...read, ...ruled];
}

const RULED: Readonly<Record<Action['disposition'], string>> = {
  auto: 'run',
  approve: 'ask',
  observe: 'observed',
  'hand-off': 'handed off',
  dropped: 'dropped',
};

const earliest = (times: readonly string[]): string => times.toSorted()[0] ?? '';
