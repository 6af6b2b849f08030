// Checks in IAM that a user is not a service account, before any change.
import type { IAM } from '@aws-sdk/client-iam';
import * as z from 'zod/mini';
import { Denied, NotFound } from '../domain/errors.ts';
import { protectionMarkOf } from '../domain/service-account.ts';
import { aws } from '../platform/aws-errors.ts';
import { onTarget } from './target-gone.ts';

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_User.html */
export const UserName = z.string().check(z.regex(/^[\w+=,.@-]{1,64}$/));

/** Throws TargetGone if the user doesn't exist, and Denied for a service account or a protected user (tier 3). */
export async function rejectServiceAccount(
  iam: Pick<IAM, 'getUser'>,
  userName: string,
): Promise<void> {
  const ids = { userName };
  const { User } = await onTarget(`the IAM user ${userName}`, ['NoSuchEntityException'], () =>
    aws('reading the user', ids, () => iam.getUser({ UserName: userName })),
  );
  if (!User) throw new NotFound(`IAM returned no user ${userName}`, ids);
  const mark = protectionMarkOf(User.Path ?? '/', User.Tags ?? []);
  if (mark)
    throw new Denied(
      `${userName} is marked as a service account or as protected (${mark}); only a person may change it`,
      ids,
    );
}
