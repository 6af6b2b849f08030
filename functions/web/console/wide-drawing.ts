// Draws the timeline for a wide screen: a column for each moment.
import { html, raw } from 'hono/html';
import { oneLine } from '../../domain/wording.ts';
import type { Html } from '../../site/page.ts';
import { type Arranged, type Column, columnOf, type Group, labelOf } from './columns.ts';
import { markAt } from './marks.ts';
import { type Effect, inTime, LANES, type Lane } from './moments.ts';
import { TIMELINE } from './texts.ts';

const WIDTH = 1214;
const GUTTER = 92;
const TOP = 48;
const LANE_HEIGHT = 66;
const BAR_HEIGHT = 38;
/** More bars would push the drawing off the screen; the list has all of them. */
const MAX_BARS = 8;

/** `summary` describes the drawing to people who can't see it. */
export function wideDrawing(arranged: Arranged, summary: string, now: Date): Html {
  const { columns, effects } = arranged;
  const width = (WIDTH - GUTTER) / Math.max(1, columns.length);
  const xOf = (index: number) => Math.round(GUTTER + (index + 0.5) * width);
  const bars = effects.slice(0, MAX_BARS);
  const folded = effects.length - bars.length;
  const laneTop = (lane: Lane) => TOP + LANES.indexOf(lane) * LANE_HEIGHT;
  const height =
    laneTop('effects') + Math.max(1, bars.length + (folded > 0 ? 1 : 0)) * BAR_HEIGHT + 24;
  const firstFuture = columns.findIndex(({ isFuture }) => isFuture);
  const nowX = Math.min(
    Math.round(GUTTER + (firstFuture < 0 ? columns.length : firstFuture) * width),
    WIDTH - 1,
  );
  return html`<svg class="tl wide" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="tl-wide tl-wide-says"><title id="tl-wide">${TIMELINE.title}</title><desc id="tl-wide-says">${summary}</desc>
<rect class="later" x="${nowX}" y="${TOP}" width="${WIDTH - nowX}" height="${height - TOP}"/>
${columns.map((_, i) => html`<line class="rule" x1="${xOf(i)}" x2="${xOf(i)}" y1="${TOP}" y2="${height}"/>`)}
${LANES.map((lane) => html`<line class="rule" x1="0" x2="${WIDTH}" y1="${laneTop(lane)}" y2="${laneTop(lane)}"/><text x="16" y="${laneTop(lane) + 28}" class="lane">${TIMELINE.lanes[lane]}</text>`)}
${columns.map((column, i) => heading(column, { x: xOf(i), width, now }))}
${LANES.filter((lane) => lane !== 'effects').map((lane) => flow(columns, { lane, y: laneTop(lane) + 24, xOf }))}
${columns.map((column, i) => marks(column, { x: xOf(i), width }, laneTop))}
${bars.map((effect, i) => bar(effect, { arranged, xOf, y: laneTop('effects') + 32 + i * BAR_HEIGHT, nowX, now }))}
${folded > 0 ? html`<text class="q" x="${GUTTER}" y="${laneTop('effects') + 40 + bars.length * BAR_HEIGHT}">${TIMELINE.moreEffects(folded)}</text>` : ''}
${changes(columns, { xOf, y: laneTop('effects') + 8 })}
<line class="now" x1="${nowX}" x2="${nowX}" y1="22" y2="${height}"/><rect class="nowtag" x="${clamp(nowX - 40, WIDTH - 84)}" y="4" width="80" height="18" rx="9"/><text class="nowtext" x="${clamp(nowX - 40, WIDTH - 84) + 40}" y="17" text-anchor="middle">${TIMELINE.now(now)}</text>
</svg>`;
}

const clamp = (x: number, most: number): number => Math.min(Math.max(0, x), most);

/** The time of a column above it, and the time since the one before. */
function heading(
  { from, to, gap }: Column,
  { x, width, now }: { x: number; width: number; now: Date },
): Html {
  const label = TIMELINE.column(new Date(from), new Date(to), now);
  return html`<text x="${x}" y="38" text-anchor="middle">${label}</text>${gap ? html`<text class="q" x="${x - width / 2}" y="17" text-anchor="middle">${gap}</text>` : ''}`;
}

/** Lines between the moments of a lane; dashed where they lead into the future. */
function flow(
  columns: readonly Column[],
  { lane, y, xOf }: { lane: Lane; y: number; xOf: (index: number) => number },
): Html[] {
  const used = columns.flatMap(({ lanes, isFuture }, i) => (lanes[lane] ? [{ i, isFuture }] : []));
  return used.slice(1).map(({ i, isFuture }, before) => {
    const from = used[before]?.i ?? i;
    return html`<path class="flow ${isFuture ? 'to' : ''}" d="M${xOf(from) + 10} ${y}H${xOf(i) - 10}"/>`;
  });
}

function marks(
  { lanes, isFuture }: Column,
  { x, width }: { x: number; width: number },
  laneTop: (lane: Lane) => number,
): Html[] {
  return LANES.filter((lane) => lane !== 'effects').flatMap((lane) => {
    const group = lanes[lane];
    return group ? [labelled(group, { x, y: laneTop(lane) + 24, width, isFuture })] : [];
  });
}

function labelled(
  group: Group,
  { x, y, width, isFuture }: { x: number; y: number; width: number; isFuture: boolean },
): Html {
  const { mark, ...label } = labelOf(group);
  const fits = Math.floor(width / CHARACTER);
  const [short, under] = [oneLine(label.short, fits), oneLine(label.under, fits)];
  const place = isFuture ? 'f' : '';
  return html`${markAt(mark, group.moments, x, y)}<text class="${mark === 'wait' ? 'w' : 'b'} ${place}" x="${x}" y="${y + 21}" text-anchor="middle">${short}</text>${under ? html`<text class="q ${place}" x="${x}" y="${y + 35}" text-anchor="middle">${under}</text>` : ''}`;
}

/** Failures and removals of changes, above the bars. */
const changes = (
  columns: readonly Column[],
  { xOf, y }: { xOf: (index: number) => number; y: number },
): Html[] =>
  columns.flatMap(({ lanes }, i) => {
    const bad = (lanes.effects?.moments ?? []).filter(({ mark }) => mark === 'bad');
    const [first, ...others] = bad;
    return first ? [markAt('bad', [first, ...others], xOf(i), y)] : [];
  });

/** A change from the moment it was applied until its undo: filled is past, hollow is to come. */
function bar(
  effect: Effect,
  {
    arranged,
    xOf,
    y,
    nowX,
    now,
  }: {
    arranged: Arranged;
    xOf: (index: number) => number;
    y: number;
    nowX: number;
    now: Date;
  },
): Html {
  const start = xOf(columnOf(arranged, effect.from) ?? 0);
  const endColumn = effect.until === null ? null : columnOf(arranged, effect.until);
  const end = endColumn === null ? WIDTH - 8 : Math.max(xOf(endColumn), start + 8);
  const done = Math.min(end, nowX);
  const shape = {
    asked: 'effwait',
    'in-force': 'effrest',
    kept: 'effrest',
    failed: 'efffail',
    ended: 'effrest',
  };
  const isOpen = effect.state === 'in-force' && effect.until !== null;
  const ends = isOpen ? TIMELINE.undoIn(inTime(effect.until ?? '', now)) : '';
  const label = TIMELINE.bar(effect);
  const place = labelsOf(start, end, label, ends);
  return html`<text class="${effect.state === 'asked' ? 'w' : 'b'}" x="${place.label.x}" y="${y - 6}" text-anchor="${place.label.anchor}">${label}</text>
<rect class="${raw(shape[effect.state])}" x="${start}" y="${y}" width="${end - start}" height="9" rx="3"/>
${effect.state === 'asked' || done <= start ? '' : html`<rect class="eff ${effect.state}" x="${start}" y="${y - 0.5}" width="${done - start}" height="10" rx="3"/>`}
${effect.reminderAt ? reminder(arranged, effect.reminderAt, xOf, y) : ''}
${ends ? html`<text class="a f" x="${place.ends.x}" y="${place.ends.isBeside ? y + 9 : y - 6}" text-anchor="${place.ends.isBeside ? 'start' : 'end'}">${ends}</text>` : ''}`;
}

/** Pixels per character of 12 px in the widest fallback font. */
const CHARACTER = 7.4;

/**
 * Positions that keep label and end text apart: the end text moves beside the bar if needed, and a label that would be
 * cut off is aligned to the end of the bar.
 */
function labelsOf(start: number, end: number, label: string, ends: string) {
  const width = label.length * CHARACTER;
  const fits = start + width + (ends.length + 2) * CHARACTER <= end;
  const isCut = start + width > WIDTH - 8;
  return {
    label: isCut ? { x: Math.max(end, width), anchor: 'end' } : { x: start, anchor: 'start' },
    ends: fits ? { x: end, isBeside: false } : { x: end + 12, isBeside: true },
  };
}

function reminder(arranged: Arranged, at: string, xOf: (index: number) => number, y: number): Html {
  const column = columnOf(arranged, at);
  if (column === null) return html``;
  const x = xOf(column);
  return html`<path class="m" d="M${x} ${y - 3.5}l8 8-8 8-8-8z"/>`;
}
