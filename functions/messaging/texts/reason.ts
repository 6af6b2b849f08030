// Why a person is asked, in one plain sentence about the alert.
import type { Alert } from '../../domain/alert.ts';
import { oneLine, quoted, utc } from '../../domain/wording.ts';
import { summaryOf } from '../../playbook/playbook.ts';

/**
 * In our own words. For a type without words of its own, the title of the alert in quotation marks: an attacker may
 * have written parts of it.
 */
export const plainReason = (alert: Alert): string => summaryOf(alert) ?? quoted(alert.title, 160);

/**
 * Its first sentence as a title. The second one of a failed check says that nothing shows an attack, and another alert
 * of the incident may show one.
 */
export const plainTitle = (alert: Alert): string =>
  summaryOf(alert)?.split(/\. /)[0]?.replace(/\.$/, '') ?? plainReason(alert);

/** `Seen 3 times from 203.0.113.7, last at 02:58 UTC.` */
export function seenText({ count, entities, lastSeenAt }: Alert, now: Date): string {
  const actor = entities.find(({ part, kind }) => part === 'actor' && kind === 'ip');
  const from = actor ? ` from ${oneLine(actor.value, 45)}` : '';
  const times = count === 1 ? 'once' : `${count} times`;
  const last = lastSeenAt ? `, ${count === 1 ? '' : 'last '}at ${utc(lastSeenAt, now)}` : '';
  return `Seen ${times}${from}${last}.`;
}
