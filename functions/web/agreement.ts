// How often people agreed with earlier requests like an action.
import type { Action } from '../domain/action.ts';
import type { Alert } from '../domain/alert.ts';
import type { Summary } from '../domain/summary.ts';
import { monthBefore } from '../domain/time.ts';
import { errorFields } from '../platform/log.ts';
import type { WebDeps } from './deps.ts';

/** Incidents of the last months that are read, one or two queries. */
const MOST_READ = 100;

export type Agreement = {
  /** Incidents in which a person decided about the same action for the same type of finding. */
  decided: number;
  agreed: number;
  /** How many incidents were read. */
  of: number;
};

/** Null if it can't be read: a missing count must not delay a decision. */
export async function agreementOn(
  { store, now, log }: Pick<WebDeps, 'store' | 'now' | 'log'>,
  { name, incidentId }: Action,
  alert: Alert | undefined,
): Promise<Agreement | null> {
  if (!name || !alert) return null;
  try {
    const read = await newest(store.summaries, now());
    const earlier = read.filter((one) => one.incidentId !== incidentId);
    return { ...agreementIn(earlier, { name, type: alert.type }), of: earlier.length };
  } catch (error) {
    log('warn', 'agreement not read', { incidentId, ...errorFields(error) });
    return null;
  }
}

async function newest(summaries: WebDeps['store']['summaries'], now: Date): Promise<Summary[]> {
  const thisMonth = now.toISOString().slice(0, 7);
  const current = (await summaries.readMonth(thisMonth, { limit: MOST_READ })).found;
  if (current.length >= MOST_READ) return current;
  const limit = MOST_READ - current.length;
  const { found } = await summaries.readMonth(monthBefore(thisMonth), { limit });
  return [...current, ...found];
}

/**
 * Counts each incident once: one person often decides all its requests in the same minute. One decline makes it a
 * disagreement. Only decisions of people count.
 */
export function agreementIn(
  summaries: readonly Pick<Summary, 'types' | 'effects' | 'ended'>[],
  { name, type }: { name: string; type: string },
): Pick<Agreement, 'decided' | 'agreed'> {
  const decisions = summaries
    .filter(({ types }) => types.includes(type))
    .map(({ effects, ended }) =>
      [...effects, ...(ended ? [ended] : [])].filter((one) => one.name === name && one.by !== null),
    )
    .filter((all) => all.length > 0);
  const agreed = decisions.filter((all) => all.every(({ status }) => status !== 'declined')).length;
  return { decided: decisions.length, agreed };
}
