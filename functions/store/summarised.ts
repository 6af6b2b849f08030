// Which records a summary depends on, and which changes a console shows.
import { type Kind, locate, prefixOf } from './layout.ts';
import type { Key } from './table.ts';

const KINDS: readonly Kind[] = ['incident', 'member', 'alert', 'assessment', 'action', 'note'];
/** Shown in the console, but not part of a summary. */
const SHOWN: readonly Kind[] = ['switch', 'halt', 'resumption', 'breaker'];

/** Prefixes of their partition keys. */
export const SUMMARISED_PREFIXES = [...KINDS, ...SHOWN, 'layout1' as const].map(prefixOf);

/** The incident whose summary depends on the record; null for what halts or resumes the account. */
export function incidentOf(key: Key): string | null {
  const located = locate(key);
  return located && KINDS.includes(located.kind) ? located.incidentId : null;
}

/** Whether a console shows the change. */
export const isShown = (key: Key): boolean => {
  const kind = locate(key)?.kind;
  return kind !== undefined && [...KINDS, ...SHOWN].includes(kind);
};
