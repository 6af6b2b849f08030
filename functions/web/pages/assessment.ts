// The assessment on the page that asks: what speaks for and against it.
import { html } from 'hono/html';
import type { Alternative, Assessment, Claim } from '../../domain/assessment.ts';
import type { Citable } from '../../domain/citable.ts';
import { type EntityFacts, scannerIn } from '../../domain/facts.ts';
import { oneLine } from '../../domain/wording.ts';
import { FLOW_LOGS, lookedUpIn, type Point } from '../../messaging/texts/looked-up.ts';
import type { Html } from '../../site/page.ts';
import { ASSESSMENT } from '../texts/assessment.ts';
import { evidenceInWords } from '../texts/evidence-line.ts';
import { REASONING } from '../texts/pages.ts';
import type { View } from '../view.ts';

const MAX_LINES = 5;
const MAX_ALTERNATIVE_LINES = 3;
const MAX_RAW_LINES = 20;

/**
 * Written by code: the lines of evidence that the analysis cites, never its own words about them. Records of earlier
 * versions name none.
 */
export function assessment(view: View): Html | '' {
  const { assessment: given, agreement, facts } = view;
  if (!given) return '';
  const { supports = [], contradicts = [], alternatives = [] } = given;
  const citable = (facts?.citable ?? []).map((line) => ({
    ...line,
    text: line.text === '' ? '' : evidenceInWords(line, view),
  }));
  const scanners = scannersOn(view);
  const names = namesOn(view);
  const shown = new Set(
    [supports, contradicts].flatMap((claims) => linesCited(claims, citable).map(({ id }) => id)),
  );
  const found = lookedUpOn(
    view,
    citable.filter(({ id }) => shown.has(id)),
  );
  const doubts = view.action.reasons.filter(({ code }) => code === 'analysis-doubted');
  return html`
<section aria-labelledby="assessment">
<h2 id="assessment">${ASSESSMENT.heading}</h2>
<dl>
<dt>${ASSESSMENT.verdict}</dt><dd>${ASSESSMENT.by(given)}</dd>
<dt>${ASSESSMENT.supports}</dt>${linesOf(supports, view, citable, ASSESSMENT.noSupport)}
<dt>${ASSESSMENT.contradicts}</dt>${linesOf(contradicts, view, citable, ASSESSMENT.noContradiction)}
${found.length > 0 ? html`<dt>${ASSESSMENT.lookedUp}</dt>${found.map(({ text, from }) => html`<dd><bdi>${from}: ${text}</bdi></dd>`)}` : ''}
${scanners.length > 0 ? html`<dt>${ASSESSMENT.scanners}</dt>${scanners.map((text) => html`<dd>${text}</dd>`)}` : ''}
${names.length > 0 ? html`<dt>${ASSESSMENT.names}</dt>${names.map((text) => html`<dd>${text}</dd>`)}` : ''}
<dt>${ASSESSMENT.alternatives}</dt>${alternatives.length === 0 ? html`<dd>${ASSESSMENT.noAlternative(given)}</dd>` : alternatives.map((one) => alternative(one, citable, shown))}
${doubts.length > 0 ? html`<dt>${ASSESSMENT.doubts}</dt>${doubts.map(({ text }) => html`<dd>${text}</dd>`)}` : ''}
<dt>${ASSESSMENT.playbook}</dt><dd>${playbookOn(view, given)}</dd>
<dt>${ASSESSMENT.people}</dt><dd>${ASSESSMENT.agreement(agreement)}</dd>
</dl>
</section>`;
}

/** What look-ups found, whether or not the analysis cites it. Traffic that is cited is listed above. */
function lookedUpOn({ alert, facts, now }: View, cited: readonly Citable[]): Point[] {
  const hasTraffic = cited.some(({ source }) => source === 'flow-logs');
  return lookedUpIn(alert?.entities ?? [], facts, now)
    .filter(({ from }) => !(hasTraffic && from === FLOW_LOGS))
    .slice(0, MAX_LINES);
}

/** Sentences of policy about the entities of the alert. */
const scannersOn = (view: View): string[] =>
  (view.facts?.entities ?? []).flatMap((one) => {
    const scanner = scannerIn(one);
    return scanner ? ASSESSMENT.scanner(shownAs(view, one), scanner) : [];
  });

const namesOn = (view: View): string[] =>
  (view.facts?.entities ?? []).flatMap((one) =>
    one.reverseDns?.known ? ASSESSMENT.name(shownAs(view, one), one.reverseDns.value) : [],
  );

const shownAs = ({ alert }: View, { ref }: EntityFacts): string =>
  alert?.entities.find((one) => one.ref === ref)?.value ?? ref;

/** Each line once. A citation of a line that does not exist shows nothing: the checks name it. */
function linesOf(
  claims: readonly Claim[],
  view: View,
  citable: readonly Citable[],
  none: string,
): Html {
  const lines = linesCited(claims, citable);
  return lines.length === 0
    ? html`<dd>${isUnread(claims, view) ? ASSESSMENT.unread : none}</dd>`
    : html`${lines.map((one) => html`<dd>${textOf(one)}</dd>`)}`;
}

/** Whether it cites lines that are no longer stored. */
const isUnread = (claims: readonly Claim[], { facts }: View): boolean =>
  !facts?.citable && claims.some(({ evidence }) => evidence.length > 0);

function linesCited(claims: readonly Claim[], citable: readonly Citable[]): Citable[] {
  const ids = new Set(claims.flatMap(({ evidence }) => evidence));
  return linesWith(ids, citable).slice(0, MAX_LINES);
}

const linesWith = (ids: ReadonlySet<string>, citable: readonly Citable[]): Citable[] =>
  citable.filter(({ id, text }) => ids.has(id) && text !== '');

const textOf = ({ text }: Citable): Html => html`<bdi>${text}</bdi>`;

/** A numbered line that is shown above is named by its number. */
function alternative(
  one: Alternative,
  citable: readonly Citable[],
  shown: ReadonlySet<string>,
): Html {
  const lines = (ids: readonly string[]): Html => {
    const found = linesWith(new Set(ids), citable).slice(0, MAX_ALTERNATIVE_LINES);
    const texts = found.map((line) =>
      shown.has(line.id) && line.kind !== 'facts' ? html`${line.id}` : textOf(line),
    );
    return html`${texts.length === 0 ? ASSESSMENT.nothing : texts.map((text, i) => html`${i > 0 ? '; ' : ''}${text}`)}`;
  };
  return html`<dd>${ASSESSMENT.alternative(one)}<br>${ASSESSMENT.for}: ${lines(one.for)}<br>${ASSESSMENT.against}: ${lines(one.against)}</dd>`;
}

function playbookOn({ action }: View, { origin, playbook, failure }: Assessment): string {
  if (origin === 'playbook' || failure !== null || !playbook) return ASSESSMENT.isPlaybook;
  const { action: name, target } = action.recommendation;
  return playbook.recommended.includes(`${name} ${target}`)
    ? ASSESSMENT.agrees
    : ASSESSMENT.differs(playbook.verdict);
}

/** Folded and marked: the author of the alert's text may have influenced the model. */
export function ownWords({ assessment: given, facts }: View): Html | '' {
  if (!given?.supports) return '';
  const { summary, supports = [], contradicts = [], missing = [], forPeople = [] } = given;
  const { alternatives = [] } = given;
  const cited = new Set([
    ...[...supports, ...contradicts].flatMap(({ evidence }) => evidence),
    ...alternatives.flatMap((one) => [...one.for, ...one.against]),
  ]);
  const lines = linesWith(cited, facts?.citable ?? []).slice(0, MAX_RAW_LINES);
  const byRules = given.origin === 'playbook' || given.failure !== null;
  const data = (text: string) => html`<bdi>${oneLine(text, 500)}</bdi>`;
  const listed = (title: string, items: readonly Html[]) =>
    items.length === 0
      ? ''
      : html`<p>${title}</p><ul>${items.map((one) => html`<li>${one}</li>`)}</ul>`;
  return html`
<details>
<summary>${ASSESSMENT.words}</summary>
<p class="warning">${REASONING.warning(byRules)}</p>
<blockquote>${data(summary)}</blockquote>
${listed(
  ASSESSMENT.supports,
  supports.map(({ text }) => data(text)),
)}
${listed(
  ASSESSMENT.contradicts,
  contradicts.map(({ text }) => data(text)),
)}
${listed(ASSESSMENT.missing, missing.map(data))}
${listed(
  ASSESSMENT.asRead,
  lines.map(({ text }) => data(text)),
)}
${listed(
  ASSESSMENT.forPeople,
  forPeople.map((one) => html`${ASSESSMENT.act(one)}: ${data(one.text)}`),
)}
</details>`;
}
