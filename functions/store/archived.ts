// Which records are copied to the archive.
import { type Kind, locate, prefixOf } from './layout.ts';
import type { Key } from './table.ts';

/** Kinds whose every change is copied: what was known, what was decided, and what was changed in AWS. */
const KINDS: readonly Kind[] = [
  'incident',
  'member',
  'alert',
  'facts',
  'assessment',
  'decision',
  'policy',
  'action',
  'lease',
  'breaker',
  'switch',
  'halt',
  'resumption',
  'read',
];
/** Earlier versions copied only these of an incident. The others have no copy to compare with in layout 1. */
const OF_LAYOUT_1: readonly Kind[] = ['incident', 'action'];

/** Prefixes of their partition keys. In layout 1, the same partition has records that are not copied. */
export const ARCHIVED_PREFIXES = [...KINDS, 'layout1' as const].map(prefixOf);

/** True for a record of these kinds, and for an item in one of their partitions that has no valid key. */
export function isArchived(key: Key): boolean {
  const located = locate(key);
  const kinds = key.pk.startsWith(prefixOf('layout1')) ? OF_LAYOUT_1 : KINDS;
  return located
    ? kinds.includes(located.kind)
    : ARCHIVED_PREFIXES.some((prefix) => key.pk.startsWith(prefix));
}
