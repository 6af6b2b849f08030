// Whose user it is: read from AWS before anything is taken from it, because the alert may be wrong or forged.
import type { IAM } from '@aws-sdk/client-iam';
import { z } from 'zod';
import { aws } from '../audit/aws-errors.ts';
import { Denied, NotFound } from '../domain/errors.ts';

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_User.html */
export const UserName = z.string().regex(/^[\w+=,.@-]{1,64}$/);

/**
 * Marks of a service account, and of whatever its owner wants left alone. The role is denied the same by
 * policies/iam/user.json and access-key.json; here it gets a reason that a person can read, on stand-ins as well.
 */
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

/** Throws NotFound where there is no such user, and Denied for a service account: that is tier 3. */
export async function refuseServiceAccount(
  iam: Pick<IAM, 'getUser'>,
  userName: string,
): Promise<void> {
  const ids = { userName };
  const { User } = await aws('reading the user', ids, () => iam.getUser({ UserName: userName }));
  if (!User) throw new NotFound(`IAM answered without the user ${userName}`, ids);
  const mark = markOf(User.Path ?? '/', User.Tags ?? []);
  if (mark)
    throw new Denied(
      `${userName} is marked as a service account or as protected (${mark}); a person has to do this by hand`,
      ids,
    );
}
