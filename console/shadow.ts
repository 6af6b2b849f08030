// Counts per action how often shadow mode was right, for the security lead.
import { html } from 'hono/html';
import { isForJudgement } from '../functions/close/close.ts';
import type { Action } from '../functions/domain/action.ts';
import { words } from '../functions/domain/wording.ts';
import type { Html } from '../functions/site/page.ts';
import type { Runtime } from '../local/runtime.ts';
import { SHADOW } from './texts.ts';

/** Older incidents are not counted. */
const LATEST_INCIDENTS = 200;

export type Tally = { name: string; observed: number; right: number; wrong: number };

/** Per action name; the remaining actions are not judged. */
export function tallyOf(actions: readonly Action[]): Tally[] {
  const observed = actions.filter(isForJudgement);
  const names = [...new Set(observed.map(({ name }) => name ?? 'unknown'))].sort();
  return names.map((name) => {
    const ofName = observed.filter((one) => (one.name ?? 'unknown') === name);
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
<section class="panel block" aria-label="${SHADOW.list}">
${
  tallies.length === 0
    ? html`<p class="empty quiet">${SHADOW.empty}</p>`
    : html`<ul class="lines">${tallies.map(
        ({ name, observed, right, wrong }) =>
          html`<li><b>${words(name)}</b> <span>${SHADOW.tally(observed, right, wrong)}</span></li>`,
      )}</ul>`
}
</section>`;
