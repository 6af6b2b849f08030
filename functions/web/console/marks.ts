// The marks of moments in the drawings of a timeline.
import { html, raw } from 'hono/html';
import { worstOf } from '../../domain/incident.ts';
import type { Html } from '../../site/page.ts';
import type { Mark, Moment } from './moments.ts';

const SEVERITY_SHAPES = {
  critical: 'M-3 -7h6l4 4v6l-4 4h-6l-4-4v-6z',
  high: 'M0 -7.2 7.2 5.8h-14.4z',
  medium: 'M0 -7l7 7-7 7-7-7z',
  low: 'M-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z',
  informational: 'M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z',
} as const;

/** Shapes around the origin. */
const SHAPES: Readonly<Record<Exclude<Mark, 'alert'>, string>> = {
  seen: '<circle class="m" r="5"/>',
  decision: '<rect class="m full" x="-6" y="-6" width="12" height="12" rx="2"/>',
  person: '<circle class="m full" r="6.5"/>',
  yes: '<circle class="m yes" r="6.5"/><path class="tickmark" d="M-3 0l2.2 2.4 4-4.6"/>',
  no: '<circle class="m" r="6.5"/><path class="strike" d="M-4 4l8-8"/>',
  wait: '<circle class="m wait" r="6.5"/>',
  due: '<path class="m" d="M0 -8l8 8-8 8-8-8z"/>',
  bad: '<circle class="m bad" r="6.5"/><path class="tickmark" d="M-2.6 -2.6l5.2 5.2M2.6 -2.6l-5.2 5.2"/>',
};

/** One mark for all moments of a group. Alerts show the worst severity among them. */
export function markAt(
  mark: Mark,
  moments: readonly [Moment, ...Moment[]],
  x: number,
  y: number,
): Html {
  return html`<g transform="translate(${x} ${y})">${mark === 'alert' ? alertMark(moments) : raw(SHAPES[mark])}</g>`;
}

function alertMark(moments: readonly Moment[]): Html {
  const rated = moments.flatMap(({ severity, at }) =>
    severity ? [{ severity, alertId: at }] : [],
  );
  const severity = worstOf(rated)?.severity ?? 'informational';
  return html`<path class="m ${severity}" d="${raw(SEVERITY_SHAPES[severity])}"/>`;
}
