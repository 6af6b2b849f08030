// The severity of an incident by shape, color and word.
import { html, raw } from 'hono/html';
import type { SeverityLabel } from '../../domain/alert.ts';
import { capitalised } from '../../domain/wording.ts';
import type { Html } from '../../site/page.ts';

/** A shape for each severity, so that color never stands alone. */
const SHAPES: Readonly<Record<SeverityLabel, string>> = {
  critical: '<path fill="currentColor" d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"/>',
  high: '<path fill="currentColor" d="M8 1.5 15.2 14H.8z"/>',
  medium: '<path fill="currentColor" d="M8 1l7 7-7 7-7-7z"/>',
  low: '<circle cx="8" cy="8" r="6" fill="currentColor"/>',
  informational:
    '<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2"/>',
};

export const severityBadge = (severity: SeverityLabel): Html =>
  html`<span class="sev ${severity}"><svg viewBox="0 0 16 16" aria-hidden="true">${raw(SHAPES[severity])}</svg>${capitalised(severity)}</span>`;
