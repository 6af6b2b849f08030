// Orders entities by what they are worth to an investigation.
import type { Entity, EntityKind } from './alert.ts';

const CREDENTIALS: readonly EntityKind[] = [
  'access-key',
  'iam-user',
  'iam-role',
  'root-user',
  'cognito-user',
  'api-key',
  'email-message',
];

type Weighed = Pick<Entity, 'kind' | 'part' | 'attributes'>;

/** Smaller is worth more: credentials of actors, targets, addresses of actors, and what is only mentioned. */
export function worthOf({ kind, part, attributes }: Weighed): number {
  if (kind === 'alert') return -1;
  const isCredential = CREDENTIALS.includes(kind);
  if (part === 'actor') return isCredential ? 0 : 2;
  if (part === 'target') return 1;
  if (isCredential) return 3;
  return attributes.side === 'ours' || kind === 'network-interface' ? 5 : 4;
}
