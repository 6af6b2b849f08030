// Whose user it is: read from AWS before anything is taken from it, because the alert may be wrong or forged.
import type { IAM } from '@aws-sdk/client-iam';
import * as z from 'zod/mini';
import { Denied, NotFound } from '../domain/errors.ts';
import { protectionMarkOf } from '../domain/service-account.ts';
import { aws } from '../platform/aws-errors.ts';

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_User.html */
export const UserName = z.string().check(z.regex(/^[\w+=,.@-]{1,64}$/));

/** Throws NotFound where there is no such user, and Denied for a service account: that is tier 3. */
export async function refuseServiceAccount(
  iam: Pick<IAM, 'getUser'>,
  userName: string,
): Promise<void> {
  const ids = { userName };
  const { User } = await aws('reading the user', ids, () => iam.getUser({ UserName: userName }));
  if (!User) throw new NotFound(`IAM answered without the user ${userName}`, ids);
  const mark = protectionMarkOf(User.Path ?? '/', User.Tags ?? []);
  if (mark)
    throw new Denied(
      `${userName} is marked as a service account or as protected (${mark}); only a person may change it`,
      ids,
    );
}
