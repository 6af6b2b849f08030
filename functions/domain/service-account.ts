// Paths and tags that mark service accounts and protected resources.
import type { Entity } from './alert.ts';

const IDENTITIES: readonly Entity['kind'][] = ['iam-user', 'access-key', 'iam-role'];

export const isIdentity = ({ kind }: Pick<Entity, 'kind'>): boolean => IDENTITIES.includes(kind);

/** functions/mechanisms/permissions.ts denies the same paths to the executors' roles. */
const SERVICE_PATHS = ['/service/', '/service-accounts/'];
const TAGS: ReadonlyMap<string, readonly string[]> = new Map([
  ['account-type', ['service', 'service-account']],
  ['countermand', ['protected']],
]);

type Tag = { Key?: string | undefined; Value?: string | undefined };

/** The path or tag that forbids acting on the resource, in words; null if there is none. */
export function protectionMarkOf(path: string, tags: readonly Tag[]): string | null {
  if (SERVICE_PATHS.some((one) => path.startsWith(one))) return `path ${path}`;
  // IAM conditions on tags ignore the letter case of keys and values.
  const marked = tags.find(({ Key = '', Value = '' }) =>
    TAGS.get(Key.toLowerCase())?.includes(Value.toLowerCase()),
  );
  return marked ? `tag ${marked.Key}=${marked.Value}` : null;
}
