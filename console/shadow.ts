// How often shadow mode was right, per action: what a security lead looks at before an account goes live.
import { html } from 'hono/html';
import { isForJudgement } from '../functions/close/close.ts';
import type { Action } from '../functions/domain/action.ts';
import { words } from '../functions/domain/wording.ts';
import type { Html } from '../functions/web/pages/frame.ts';
import type { Runtime } from '../local/runtime.ts';
import { frame } from './frame.ts';

/** As many as fit into a look; older ones were judged, or nobody will. */
const LATEST_INCIDENTS = 200;

export type Tally = { name: string; observed: number; right: number; wrong: number };

/** Per action, by name; what nobody has judged is the rest. */
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

export const shadowPage = (tallies: readonly Tally[]): Html =>
  frame(
    'Shadow mode · Countermand console',
    html`
<header>
<h1>Was shadow mode right?</h1>
<p>What would have been done in the latest ${LATEST_INCIDENTS} incidents, and what people said of it. <a href="/">Back to the console</a></p>
</header>
<main><section aria-label="Judgements">
${
  tallies.length === 0
    ? html`<p class="empty">Nothing was observed yet. In an account or an action in shadow mode, what would be done is recorded here.</p>`
    : html`<ul class="cards">${tallies.map(
        ({ name, observed, right, wrong }) =>
          html`<li><b>${words(name)}</b> <span>${observed} observed: ${right} right, ${wrong} wrong, ${observed - right - wrong} unjudged</span></li>`,
      )}</ul>`
}
</section></main>`,
  );
