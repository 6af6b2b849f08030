// The parts of a dossier: their lines within budgets, and how each is cited.
import { type Citable, MAX_CITABLE, MAX_CITED_TEXT } from '../domain/citable.ts';
import { truncate } from '../domain/wording.ts';
import type { EvidenceLine } from './evidence-lines.ts';
import { withoutSecrets } from './secrets.ts';
import { countTokens } from './tokens.ts';

/** A dossier, and its lines that may be cited. */
export type Dossier = { text: string; citable: Citable[] };

/** A line, and what it is when it is cited. */
type Line = { text: string; cites: Omit<Citable, 'text'>[] };

export const uncited = (text: string): Line => ({ text, cites: [] });

export const factsOn = (ref: string, isReassuring: boolean): Omit<Citable, 'text'> => ({
  ...{ id: ref, source: 'facts', kind: 'facts', refs: [ref], isUntrusted: false },
  ...(isReassuring && { isReassuring }),
});

export const numbered = (line: EvidenceLine, index: number): Line => cited(`E${index + 1}`, line);

function cited(id: string, { text, isReassuring, ...line }: EvidenceLine): Line {
  const refs = line.refs.slice(0, MAX_CITED_REFS);
  return {
    text: `${id} ${text}`,
    cites: [{ ...line, id, refs, ...(isReassuring && { isReassuring }) }],
  };
}

/** `Citable` allows as many. */
const MAX_CITED_REFS = 20;

/** A line, the entities that it is about, and whether it speaks against an attack. */
export type ContextLine = { text: string; refs: string[]; isReassuring: boolean };

export const contextual = (line: ContextLine, index: number): Line =>
  cited(`R${index + 1}`, {
    ...{ text: line.text, source: 'records', kind: 'context', refs: line.refs },
    ...{ isUntrusted: false, isReassuring: line.isReassuring },
  });

/** What a question of the model found; text alone for what stays unknown, which proves nothing. */
export type Answer = EvidenceLine | string;

/** Three answers of the longest kind. */
const MAX_ANSWER_TOKENS = 700;

/** Below the dossier that the model asked about, whose numbers stay as they are. */
export const answersPart = (answers: readonly Answer[]): Dossier =>
  part(
    'ANSWERS',
    answers.map((one, index) => {
      const id = `A${index + 1}`;
      return typeof one === 'string' ? uncited(`${id} ${one}`) : cited(id, one);
    }),
    MAX_ANSWER_TOKENS,
  );

/** The heading and its lines, as many as fit. */
export function part(name: string, lines: readonly Line[], budget: number): Dossier {
  const kept: string[] = [];
  const citable: Citable[] = [];
  let tokens = countTokens(name) + 12;
  for (const line of lines) {
    const text = withoutSecrets(line.text);
    tokens += countTokens(text) + 1;
    if (tokens > budget) break;
    kept.push(text);
    citable.push(...line.cites.map((one) => ({ ...one, text: truncate(text, MAX_CITED_TEXT) })));
  }
  const left = lines.length - kept.length;
  if (left > 0) kept.push(`(${left} more lines left out: the budget of this part is used up)`);
  return { text: kept.length === 0 ? '' : [name, ...kept].join('\n'), citable };
}

/** The last parts are shortened first. The evidence comes before them. */
export function withinTotal(parts: readonly Dossier[], budget: number): Dossier {
  const text = parts.map((one) => one.text).join('\n');
  if (countTokens(text) > budget && parts.length > 1)
    return withinTotal(parts.slice(0, -1), budget);
  return { text, citable: parts.flatMap(({ citable }) => citable).slice(0, MAX_CITABLE) };
}
