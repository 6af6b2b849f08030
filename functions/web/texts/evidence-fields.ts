// The parts of a line of evidence, for the writers of sentences.
import type { CitableKind } from '../../domain/citable.ts';

/** `about`: the names of its entities. `shown` makes the text of a field readable. */
export type Line = {
  kind: CitableKind;
  source: string;
  about: string;
  /** The text before the fields. */
  lead: string;
  fields: ReadonlyMap<string, string>;
  shown: (text: string) => string;
};

/** Returns the value of a field, which is then not listed among the details. */
export type Take = (name: string) => string | undefined;

export type Writer = (take: Take, line: Line) => string;
