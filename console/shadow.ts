// Counts per action how often shadow mode was right, for the security lead.
import { html } from 'hono/html';
import { isForJudgement } from '../functions/close/outcome.ts';
import type { Action } from '../functions/domain/action.ts';
import { recommended } from '../functions/messaging/texts/action-line.ts';
import { KINDS } from '../functions/messaging/texts/phrases.ts';
import type { Html } from '../functions/site/page.ts';
import type { Runtime } from '../local/runtime.ts';
import { SHADOW } from './texts.ts';

/** Older incidents are not counted. */
const LATEST_INCIDENTS = 200;

/** `name`: the action on a target of its kind, as `Block web requests from IP address`. */
export type Tally = { name: string; observed: number; right: number; wrong: number };

/** The action in words, on any target of its kind. */
const nameOf = ({ name, recommendation, target }: Action): string =>
  recommended(
    name ?? recommendation.action,
    target ? SHADOW.any(KINDS[target.kind]) : SHADOW.unknownTarget,
    target?.kind ?? null,
  );

/** Per action and kind of target; the remaining actions are not judged. */
export function tallyOf(actions: readonly Action[]): Tally[] {
  const observed = actions.filter(isForJudgement);
  const byName = [...Map.groupBy(observed, nameOf)].sort(([a], [b]) => (a < b ? -1 : 1));
  return byName.map(([name, ofName]) => {
    const judged = (verdict: 'right' | 'wrong') =>
      ofName.filter(({ judgement }) => judgement?.verdict === verdict).length;
    return { name, observed: ofName.length, right: judged('right'), wrong: judged('wrong') };
  });
}

export async function tallyIn({ store }: Pick<Runtime, 'store'>): Promise<Tally[]> {
  const incidents = await store.records.recentIncidents(LATEST_INCIDENTS);
  const read = await Promise.all(
    incidents.map(({ incidentId }) => store.records.readActions(incidentId)),
  );
  return tallyOf(read.flatMap(({ found }) => found));
}

export const shadowPage = (tallies: readonly Tally[]): Html => html`
<nav class="crumbs"><a href="/">${SHADOW.back}</a></nav>
<h1>${SHADOW.heading}</h1>
<p class="says">${SHADOW.about(LATEST_INCIDENTS)}</p>
<section class="panel block${tallies.length === 0 ? ' empty' : ''}" aria-label="${SHADOW.list}">
${
  tallies.length === 0
    ? html`<p class="quiet">${SHADOW.empty}</p>`
    : html`<ul class="lines">${tallies.map(
        ({ name, observed, right, wrong }) =>
          html`<li><b>${name}</b> <span>${SHADOW.tally(observed, right, wrong)}</span></li>`,
      )}</ul>`
}
</section>`;
