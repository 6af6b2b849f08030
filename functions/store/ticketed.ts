// Which records the text of a ticket depends on.
import { type Kind, locate, prefixOf } from './layout.ts';
import type { Key } from './table.ts';

const KINDS: readonly Kind[] = ['incident', 'member', 'assessment', 'action'];

/** Prefixes of their partition keys. */
export const TICKETED_PREFIXES = [...KINDS, 'layout1' as const].map(prefixOf);

/** The incident whose ticket depends on the record, or null. */
export function incidentOf(key: Key): string | null {
  const located = locate(key);
  return located && KINDS.includes(located.kind) ? located.incidentId : null;
}
