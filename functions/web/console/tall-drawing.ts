// Draws the timeline for a phone: one row for each moment, from top to bottom.
import { html } from 'hono/html';
import { oneLine } from '../../domain/wording.ts';
import type { Html } from '../../site/page.ts';
import { type Arranged, columnOf, type Group, labelOf } from './columns.ts';
import { markAt } from './marks.ts';
import { type Effect, LANES, type Lane, type Mark } from './moments.ts';
import { TIMELINE } from './texts.ts';

const WIDTH = 358;
const ROW = 48;
const TOP = 30;
const RAILS: Readonly<Record<Lane, number>> = {
  alerts: 12,
  decisions: 32,
  people: 52,
  effects: 74,
};
/** Bars side by side. The list has all changes. */
const MAX_BARS = 2;
const TEXT_X = 100;
/** Characters that fit beside the rails at 14 px, before the time at the right. */
const FITS = 24;
/** Characters that fit below, at 13 px. */
const FITS_BELOW = 31;

type Row = { lane: Lane; group: Group; isFuture: boolean; from: number; to: number };

export function tallDrawing(arranged: Arranged, now: Date): Html {
  const rows = arranged.columns.flatMap(({ lanes, isFuture, from, to }) =>
    LANES.flatMap((lane): Row[] => {
      const group = lanes[lane];
      return group ? [{ lane, group, isFuture, from, to }] : [];
    }),
  );
  const firstFuture = rows.findIndex(({ isFuture }) => isFuture);
  const nowRow = firstFuture < 0 ? rows.length : firstFuture;
  const yOf = (row: number) => TOP + row * ROW + (row >= nowRow ? ROW / 2 : 0) + 18;
  const nowY = TOP + nowRow * ROW + ROW / 4;
  const height = TOP + rows.length * ROW + ROW / 2 + 12;
  return html`<svg class="tl tall" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="tl-tall"><title id="tl-tall">${TIMELINE.title}</title>
<rect class="later" x="0" y="${nowY}" width="${WIDTH}" height="${height - nowY}"/>
${LANES.map((lane) => html`<line class="rule" x1="${RAILS[lane]}" x2="${RAILS[lane]}" y1="${TOP}" y2="${height}"/>`)}
${LANES.map((lane, i) => html`<text class="q" x="${i * 90 + 8}" y="17">${TIMELINE.lanes[lane]}</text>`)}
${arranged.effects.slice(0, MAX_BARS).map((effect, i) => bar(effect, { arranged, rows, yOf, height, nowY, x: RAILS.effects - 8 + i * 12 }))}
${rows.map((row, i) => drawn(row, yOf(i), now))}
<line class="now" x1="0" x2="${WIDTH}" y1="${nowY}" y2="${nowY}"/><rect class="nowtag" x="266" y="${nowY - 11}" width="92" height="22" rx="11"/><text class="nowtext" x="312" y="${nowY + 4}" text-anchor="middle">${TIMELINE.now(now)}</text>
</svg>`;
}

function drawn({ lane, group, from, to }: Row, y: number, now: Date): Html {
  const { mark, short, under } = labelOf(group);
  const time = TIMELINE.row(new Date(from), new Date(to), now);
  const fits = FITS - Math.max(0, time.length - '03:15'.length);
  const said = group.moments.length === 1 ? group.moments[0].says : '';
  // The bars show what was applied and undone.
  const isDrawn = lane !== 'effects' || mark === 'bad' || short === 'Reminder';
  return html`${isDrawn ? markAt(mark, group.moments, RAILS[lane], y) : ''}<text class="${tone(mark)}" x="${TEXT_X}" y="${y + 1}">${oneLine(under ? `${short} ${under}` : short, fits)}</text><text class="q" x="354" y="${y + 1}" text-anchor="end">${time}</text>${said ? html`<text class="q" x="${TEXT_X}" y="${y + 19}">${oneLine(said, FITS_BELOW)}</text>` : ''}`;
}

const tone = (mark: Mark): string => (mark === 'wait' ? 'w' : mark === 'due' ? 'a t1' : 't1');

function bar(
  effect: Effect,
  {
    arranged,
    rows,
    yOf,
    height,
    nowY,
    x,
  }: {
    arranged: Arranged;
    rows: readonly Row[];
    yOf: (row: number) => number;
    height: number;
    nowY: number;
    x: number;
  },
): Html {
  const rowOf = (at: string): number | null => {
    const column = columnOf(arranged, at);
    const from = column === null ? undefined : arranged.columns[column]?.from;
    const found = rows.findIndex((row) => row.from === from);
    return found < 0 ? null : found;
  };
  const start = yOf(rowOf(effect.from) ?? 0);
  const last = effect.until === null ? null : rowOf(effect.until);
  const end = last === null ? height - 4 : Math.max(yOf(last), start + 8);
  const done = Math.min(end, nowY);
  const shape = effect.state === 'asked' ? 'effwait' : 'effrest';
  return html`<rect class="${shape}" x="${x}" y="${start}" width="8" height="${end - start}" rx="3"/>${effect.state === 'asked' || done <= start ? '' : html`<rect class="eff ${effect.state}" x="${x - 0.5}" y="${start}" width="9" height="${done - start}" rx="3"/>`}`;
}
