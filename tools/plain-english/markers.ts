// Finds marker words in a text and counts its words.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import '../../functions/domain/english.ts';

const MarkerList = z.array(
  z.strictObject({
    find: z.array(z.string()).check(z.minLength(1)),
    write: z.string().check(z.minLength(1)),
  }),
);

interface Marker {
  readonly phrase: string;
  readonly pattern: RegExp;
  readonly startsSentence: boolean;
  readonly write: string;
}

/** One marker found in a text: where it begins, and the words to write instead. */
export interface Found {
  readonly phrase: string;
  readonly index: number;
  readonly write: string;
}

const escaped = (word: string) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

function markerOf(find: string, write: string): Marker {
  const startsSentence = find.startsWith('^');
  const phrase = startsSentence ? find.slice(1) : find;
  // A phrase may continue on the next line, and apostrophes come straight or curly.
  const words = phrase.split(' ').map((word) => escaped(word).replaceAll("'", "['’]"));
  const pattern = new RegExp(String.raw`(?<![\w'’-])${words.join(String.raw`\s+`)}(?![\w-])`, 'gi');
  return { phrase, pattern, startsSentence, write };
}

const MARKERS: readonly Marker[] = MarkerList.parse(
  parse(readFileSync(join(import.meta.dirname, 'markers.yaml'), 'utf8')),
).flatMap(({ find, write }) => find.map((phrase) => markerOf(phrase, write)));

/** True for "What is stored …" after a full stop, colon or semicolon; false for a question. */
function isSubject(text: string, index: number): boolean {
  const before = text.slice(0, index).trimEnd();
  const ending = /[.!?]/.exec(text.slice(index))?.[0];
  return ending !== '?' && (before === '' || /[.!?:;]["'”’)]*$/.test(before));
}

/** The markers in a text, in order. */
export function markersIn(text: string): Found[] {
  return MARKERS.flatMap(({ phrase, pattern, startsSentence, write }) =>
    [...text.matchAll(pattern)]
      .filter(({ index }) => !startsSentence || isSubject(text, index))
      .map(({ index }) => ({ phrase, index, write })),
  ).sort((a, b) => a.index - b.index);
}

/** Words are runs that begin with a letter; "API-key", "doesn't" and "auto_approve" are one each. */
export const wordCount = (text: string): number =>
  text.match(/\p{L}[\p{L}\p{N}'’_-]*/gu)?.length ?? 0;
