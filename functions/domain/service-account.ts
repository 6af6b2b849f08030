// Who can be a service account, and its marks, and those of whatever its owner wants left alone: one list for facts,
// the gate and mechanisms.
import type { Entity } from './alert.ts';

const IDENTITIES: readonly Entity['kind'][] = ['iam-user', 'access-key', 'iam-role'];

export const isIdentity = ({ kind }: Pick<Entity, 'kind'>): boolean => IDENTITIES.includes(kind);

/** The executors' roles are denied the same by functions/mechanisms/permissions.ts. */
const SERVICE_PATHS = ['/service/', '/service-accounts/'];
const TAGS: Readonly<Record<string, readonly string[]>> = {
  'account-type': ['service', 'service-account'],
  countermand: ['protected'],
};

type Tag = { Key?: string | undefined; Value?: string | undefined };

/** The mark that forbids it, in words; null where there is none. */
export function markOf(path: string, tags: readonly Tag[]): string | null {
  if (SERVICE_PATHS.some((one) => path.startsWith(one))) return `path ${path}`;
  // Neither letter case of a key nor that of a value counts in the conditions of the role.
  const marked = tags.find(({ Key = '', Value = '' }) =>
    TAGS[Key.toLowerCase()]?.includes(Value.toLowerCase()),
  );
  return marked ? `tag ${marked.Key}=${marked.Value}` : null;
}
