// The moments of an incident's timeline, and times in words.
import type { SeverityLabel } from '../../domain/alert.ts';
import { oneLine, span, utc } from '../../domain/wording.ts';

export const LANES = ['alerts', 'decisions', 'people', 'effects'] as const;
export type Lane = (typeof LANES)[number];

/** The mark of a moment: its shape in the drawing. */
export type Mark = 'seen' | 'alert' | 'decision' | 'person' | 'yes' | 'no' | 'wait' | 'due' | 'bad';

export type Moment = {
  at: string;
  lane: Lane;
  mark: Mark;
  /** Only of alerts. */
  severity?: SeverityLabel;
  /** At most two words, for the drawing. */
  short: string;
  /** A few words below it. */
  under: string;
  /** The sentence of the list. */
  says: string;
};

/** The period in which a change is or was in force, or in which its approval is pending. */
export type Effect = {
  actionId: string;
  from: string;
  /** Null for a change that stays until someone undoes it. */
  until: string | null;
  state: 'asked' | 'in-force' | 'ended' | 'kept' | 'failed';
  label: string;
  /** When people are reminded to keep, extend or undo it; null if that has passed or does not apply. */
  reminderAt: string | null;
};

export type Story = { moments: Moment[]; effects: Effect[] };

/** The time until `until` in words: `8 min`, `23 h 59 min`, `3 days`. */
export function inTime(until: string, now: Date): string {
  const minutes = (Date.parse(until) - now.getTime()) / 60_000;
  if (minutes < 1) return 'under a minute';
  return minutes < 48 * 60 ? span(Math.floor(minutes)) : `${Math.floor(minutes / (24 * 60))} days`;
}

/** The time of a list entry: with seconds today, with the date otherwise. */
export const timeOf = (at: string, now: Date): string =>
  at.slice(0, 10) === now.toISOString().slice(0, 10) ? `${at.slice(11, 19)} UTC` : utc(at, now);

/** The first name, cut to what fits below a mark. */
export const firstName = (name: string): string => oneLine(name.split(/[ ,]/)[0] ?? name, 14);
