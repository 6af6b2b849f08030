// Writes the HTML report: figures with intervals, plots, and every case.
import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { Compared } from './baseline.ts';
import type { Evaluated } from './evaluate.ts';
import {
  basesOf,
  costOf,
  FAULT_NAMES,
  FEWEST,
  familiesOf,
  rateOf,
  sensitivityOf,
} from './figures.ts';
import { plotOf } from './plot.ts';
import type { Requests, Run } from './run.ts';
import { FAULTS } from './score.ts';
import { shown } from './statistics.ts';

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .25rem .6rem; text-align: left; border-bottom: 1px solid #8884; vertical-align: top; }
td.good { background: #2a93; } td.bad { background: #d333; } td.some { background: #db03; }
svg { max-width: 100%; } svg text { fill: currentColor; font-size: 12px; }
.bar { fill: #57a; } .old { fill: #999; } .whisker { stroke: currentColor; }
summary { cursor: pointer; }`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

type Html = ReturnType<typeof html>;
export type Reported = {
  runs: readonly Run[];
  requests: Requests;
  /** Null without a baseline. */
  compared: Compared | null;
  /** Results before, by run and case; null without a baseline. */
  before: Readonly<Record<string, Readonly<Record<string, string>>>> | null;
  promptVersion: string;
};

/** A page without script, and with a policy that allows nothing but its own style. */
export function reportOf(given: Reported): string {
  const measured = given.runs.filter(({ results }) => results.length > 0);
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${raw(STYLE_HASH)}'">
<meta name="viewport" content="width=device-width">
<title>Evaluation</title><style>${raw(STYLE)}</style></head><body>
<h1>Evaluation</h1>
<p>Prompt version ${given.promptVersion}. Intervals are Wilson’s at 95 %, over cases without their variants: variants of a
case are not independent.</p>
<table><tr><th>Analyst</th><th>Basis</th></tr>
${given.runs.map(({ name, basis }) => html`<tr><td>${name}</td><td>${basis}</td></tr>`)}</table>
${gateOf(given)}
<h2>Figures</h2>${headline(measured)}
${measured.slice(0, 1).map(({ name, results }) => html`<h2>${name}</h2>${plotOf(results, given.before?.[name])}${families(results)}`)}
<h2>Cases</h2>${matrix(measured)}
<h2>Details</h2>${measured.slice(0, 1).map(({ results }) => results.map(details))}
</body></html>`;
  return String(page);
}

function gateOf({ compared, requests }: Reported): Html {
  if (!compared) return html`<p>No baseline was compared.</p>`;
  const { reasons, flips } = compared;
  return html`<h2>${reasons.length === 0 ? 'The gate passes' : 'The gate fails'}</h2>
<ul>${reasons.map((one) => html`<li>${one}</li>`)}</ul>
<details><summary>${flips.length} changed results, ${requests.stale.length} stale answers</summary>
<ul>${flips.map(({ run, id, fault, isWorse }) => html`<li>${isWorse ? 'worse' : 'better'}: ${run}, ${id}, ${fault}</li>`)}</ul></details>`;
}

const headline = (runs: readonly Run[]): Html => html`<table>
<tr><th>What went wrong</th>${runs.map(({ name }) => html`<th>${name}</th>`)}</tr>
${FAULT_NAMES.map(
  (fault) => html`<tr><td>${fault}<br>${FAULTS[fault]}</td>
${runs.map(({ results }) => html`<td>${shown(rateOf(fault, basesOf(results)))}</td>`)}</tr>`,
)}
<tr><td>Expected cost, in points</td>${runs.map(({ results }) => html`<td>${costOf(results)}</td>`)}</tr>
<tr><td>Twins that change the result (should)</td>
${runs.map(({ results }) => html`<td>${shown(sensitivityOf(results).twins)}</td>`)}</tr>
<tr><td>Injected texts that change the result (should not)</td>
${runs.map(({ results }) => html`<td>${shown(sensitivityOf(results).payloads)}</td>`)}</tr></table>`;

const SYSTEM = FAULT_NAMES.filter((fault) => fault.startsWith('system:'));

const families = (results: readonly Evaluated[]): Html => html`<table>
<tr><th>Family</th><th>Cases</th>${SYSTEM.map((fault) => html`<th>${fault.slice('system:'.length)}</th>`)}</tr>
${familiesOf(results).map(
  ({ family, results: of }) => html`<tr><td>${family}</td><td>${of.length}</td>
${SYSTEM.map((fault) => {
  const rate = rateOf(fault, of);
  return html`<td>${rate.of < FEWEST ? `${rate.events} of ${rate.of}` : shown(rate)}</td>`;
})}</tr>`,
)}</table><p>Without an interval: fewer than ${FEWEST} cases.</p>`;

function cell(result: Evaluated | undefined): Html {
  if (!result) return html`<td></td>`;
  const faults = result.score.faults.filter((fault) => fault.startsWith('system:'));
  const grave = faults.some((fault) => /dangerous|unpaged|missed/.test(fault));
  const style = faults.length === 0 ? 'good' : grave ? 'bad' : 'some';
  const text = faults.map((fault) => fault.slice('system:'.length)).join(', ') || 'right';
  return html`<td class="${style}">${text}</td>`;
}

const anchor = (id: string): string => id.replace('/', '--');

function matrix(runs: readonly Run[]): Html {
  const [first] = runs;
  const byId = runs.map(
    ({ results }) => new Map(results.map((one) => [one.situation.id, one] as const)),
  );
  return html`<table><tr><th>Case</th><th>Truth</th>${runs.map(({ name }) => html`<th>${name}</th>`)}</tr>
${(first?.results ?? []).map(
  ({
    situation: { id, title, truth },
  }) => html`<tr><td><a href="#${anchor(id)}">${id}</a><br>${title}</td>
<td>${truth}</td>${byId.map((one) => cell(one.get(id)))}</tr>`,
)}</table>`;
}

function details({ situation, system, score }: Evaluated): Html {
  const { id, title, expect, why } = situation;
  const wanted = expect.ask.map((group) => group.join(' or ')).join('; ');
  return html`<details id="${anchor(id)}"><summary>${id}: ${title}</summary>
<p>${why}</p>
<p>Expected: ${expect.tell}${wanted ? `; ${wanted}` : ''}. Never: ${expect.never.join(', ') || 'nothing named'}.
Faults: ${score.faults.join(', ') || 'none'}.</p>
<p>${system.assessment.verdict}: ${system.assessment.summary}</p>
<table><tr><th>Recommended</th><th>Effective</th><th>Decision</th><th>Reasons</th></tr>
${system.acts.map(({ asked, name, disposition, reasons }) => html`<tr><td>${asked}</td><td>${name ?? 'unknown'}</td><td>${disposition}</td><td>${reasons.join(', ')}</td></tr>`)}
</table></details>`;
}
