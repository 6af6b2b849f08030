// Lines of context: calendar, plans, scanners, earlier decisions and incidents.
import type { Alert } from '../domain/alert.ts';
import { logsShowAct } from '../playbook/acts.ts';
import { featuresOf } from './features.ts';
import type { DossierInput } from './input.ts';
import type { ContextLine } from './parts.ts';
import { plansExplain, saysHarmless, scannersExplain } from './reassuring.ts';
import { scannerLines } from './scanner-text.ts';
import { minute, ownText, typeText } from './values.ts';

const plain = (text: string): ContextLine => ({ text, refs: [], isReassuring: false });

export function contextLines({
  alert,
  facts,
  incident,
  earlier,
  decisions,
  plannedWork,
}: DossierInput): ContextLine[] {
  const coveredBy = (id: string) =>
    facts.entities.filter((one) => one.plannedWork === id).map(({ ref }) => ref);
  const read = `facts read ${minute(facts.readAt)}`;
  return [
    plain(facts.calendar.known ? `change calendar ${facts.calendar.value}; ${read}` : read),
    ...plannedWork.flatMap(({ id, why }) => {
      const refs = coveredBy(id);
      const text = `planned work ${id} covers ${refs.join(' ')}: ${ownText(why)}`;
      return refs.length > 0
        ? [{ text, refs, isReassuring: plansExplain(alert, facts.entities) }]
        : [];
    }),
    ...scannerLines(facts.entities).map((one) => ({
      ...one,
      isReassuring: scannersExplain(alert, facts.entities),
    })),
    ...decisions.map(({ ref, action, event, at, reasons, text }) => ({
      text: `${minute(at)} people ${event === 'declined' ? 'declined' : 'reversed'} ${action} on ${ref}${reasons.length > 0 ? `, reason ${reasons.join(' ')}` : ''}${text ? `, comment ${featuresOf(text)}` : ''}`,
      refs: [ref],
      // They were about earlier acts.
      isReassuring: saysHarmless(reasons) && !logsShowAct(alert, facts.entities),
    })),
    ...[...otherAlerts(alert, incident), ...earlierLines(earlier)].map(plain),
  ];
}

function otherAlerts({ alertId }: Alert, { alerts }: DossierInput['incident']): string[] {
  const others = alerts.filter((one) => one.alertId !== alertId);
  if (others.length === 0) return [];
  const types = others
    .slice(-5)
    .map(
      ({ type, severity, outcome }) =>
        `${typeText(type)} ${severity}${outcome ? ` (${outcome})` : ''}`,
    );
  return [`${others.length} other alerts in this incident: ${types.join(', ')}`];
}

export function earlierLines(earlier: DossierInput['earlier']): string[] {
  if (!earlier.known) return ['earlier incidents: could not be read'];
  return earlier.value.map(
    ({ openedAt, types, outcome }) =>
      `earlier incident ${openedAt.slice(0, 10)}: ${types.map(typeText).join(', ')}${outcome ? `, ended ${outcome}` : ''}`,
  );
}
