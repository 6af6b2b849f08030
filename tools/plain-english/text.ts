// The kinds of prose that the check reads, and one piece of it.

export const KINDS = ['comment', 'docs', 'string', 'test title'] as const;

/** One piece of prose and the line on which it begins. */
export interface Text {
  readonly kind: (typeof KINDS)[number];
  readonly line: number;
  readonly text: string;
}
