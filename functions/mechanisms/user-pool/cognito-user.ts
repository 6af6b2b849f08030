// disable_user_account_temporarily for Cognito: disable and sign out a user.

import type { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import * as z from 'zod/mini';
import type { Description } from '../../domain/action.ts';
import { NotFound, TargetGone } from '../../domain/errors.ts';
import type { Facts } from '../../domain/facts.ts';
import { OPT_IN_TAG } from '../../domain/opt-in.ts';
import { userPoolArn } from '../../domain/place.ts';
import { shellQuoted } from '../../domain/wording.ts';
import { aws } from '../../platform/aws-errors.ts';
import { earlierIncidents, undoneAfter } from '../affected.ts';
import { defineMechanism, type MechanismInfo, type Subject } from '../mechanism.ts';
import { onTarget } from '../target-gone.ts';

export type UserPoolApi = Pick<
  CognitoIdentityProvider,
  'adminGetUser' | 'adminDisableUser' | 'adminUserGlobalSignOut' | 'adminEnableUser'
>;
export type UserPoolClients = { cognito: UserPoolApi };

const Before = z.strictObject({
  enabled: z.boolean(),
  /** When the user was created; null if not recorded. A user who got the same name later is another one. */
  createdAt: z._default(z.nullable(z.string()), null),
});
type Before = z.infer<typeof Before>;

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDisableUser.html */
const Username = z.string().check(z.regex(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u));
const Pool = z.object({
  userPoolId: z.string().check(z.maxLength(55), z.regex(/^[\w-]+_[0-9a-zA-Z]+$/)),
});

export const disableUserInfo: MechanismInfo = {
  id: 'user-pool.disable-user',
  version: 1,
  action: 'disable_user_account_temporarily',
  scope: 'user-pool',
  targetKinds: ['cognito-user'],
  /** @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
  quota: 'the request rate that all user pools of the account and region share',
  effects: (_alert, { value, attributes, place: { region } }) => {
    const pool = Pool.safeParse(attributes);
    // The ID of a pool begins with its region.
    const here = pool.success && pool.data.userPoolId.startsWith(`${region}_`);
    return here && Username.safeParse(value).success ? [pool.data] : [];
  },
  effectKey: (subject) => `user-pool:${poolOf(subject)}:${subject.target.value}`,
  optIn: ({ place }, parameters) => {
    const { userPoolId } = Pool.parse(parameters);
    return {
      resource: `the user pool ${userPoolId}`,
      command: `aws cognito-idp tag-resource --region ${shellQuoted(place.region)} --resource-arn ${userPoolArn(place, userPoolId)} --tags ${OPT_IN_TAG}`,
    };
  },
  describe,
};

export const disableUser = /* @__PURE__ */ defineMechanism<UserPoolClients, Before>(
  disableUserInfo,
  {
    before: Before,
    alreadyInPlace: ({ enabled }) => !enabled,
    connect,
  },
);

const poolOf = ({ parameters }: Subject) => Pool.parse(parameters).userPoolId;

function describe(subject: Subject, facts: Facts | null): Description {
  const { target, region } = subject;
  const pool = poolOf(subject);
  return {
    headline: `Disable the user ${target.value} of the Cognito user pool ${pool}`,
    changes: [
      `Disable the user ${target.value} of the Cognito user pool ${pool} and sign the user out everywhere`,
    ],
    affected: [
      'The user, who cannot sign in to any application that uses this pool',
      'Not affected until they expire: ID and access tokens already issued, usually for an hour, at most for a day',
      ...earlierIncidents(subject, facts, 'user'),
    ],
    undo: `${undoneAfter('Enables the user again', subject)}. The sign-out cannot be undone: the user must sign in again`,
    manualUndo: [
      `aws cognito-idp admin-enable-user --region ${shellQuoted(region)} --user-pool-id ${shellQuoted(pool)} --username ${shellQuoted(target.value)}`,
    ],
  };
}

/** The user, or the pool with all its users, was deleted. */
const MISSING = ['UserNotFoundException', 'ResourceNotFoundException'];

function connect({ cognito }: UserPoolClients): ReturnType<typeof disableUser.connect> {
  const keyOf = (subject: Subject) => ({
    UserPoolId: poolOf(subject),
    Username: subject.target.value,
  });
  const call = <T>(what: string, subject: Subject, work: () => Promise<T>) =>
    onTarget(`the user ${subject.target.value} of ${poolOf(subject)}`, MISSING, () =>
      aws(what, { userPool: poolOf(subject), actionId: subject.actionId }, work),
    );

  async function read(subject: Subject): Promise<Before> {
    const { Enabled: enabled, UserCreateDate } = await call('reading the user', subject, () =>
      cognito.adminGetUser(keyOf(subject)),
    );
    if (enabled === undefined)
      throw new NotFound('Cognito did not return whether the user is enabled', {
        userPool: poolOf(subject),
      });
    return { enabled, createdAt: UserCreateDate?.toISOString() ?? null };
  }
  /** Whether the captured user is enabled. Throws TargetGone if another user has the name now. */
  async function isEnabled(subject: Subject, { createdAt }: Before): Promise<boolean> {
    const now = await read(subject);
    if (createdAt !== null && now.createdAt !== createdAt)
      throw new TargetGone(
        `the user ${subject.target.value} of ${poolOf(subject)} was deleted, and created again at ${now.createdAt}; the captured user no longer exists`,
        { userPool: poolOf(subject) },
      );
    return now.enabled;
  }
  const found = ({ target }: Subject, enabled: boolean) =>
    `${target.value} is ${enabled ? 'enabled' : 'disabled'}`;

  return {
    capture: read,
    async apply(subject, before) {
      await isEnabled(subject, before);
      // Disable first: in the other order, the user could sign in again between the two calls.
      await call('disabling the user', subject, () => cognito.adminDisableUser(keyOf(subject)));
      await call('signing the user out', subject, () =>
        cognito.adminUserGlobalSignOut(keyOf(subject)),
      );
    },
    async verify(subject, before) {
      const enabled = await isEnabled(subject, before);
      return { holds: !enabled, found: found(subject, enabled) };
    },
    async revert(subject, before) {
      if (!before.enabled) return;
      await isEnabled(subject, before);
      await call('enabling the user', subject, () => cognito.adminEnableUser(keyOf(subject)));
    },
    async verifyReverted(subject, before) {
      const enabled = await isEnabled(subject, before);
      return { holds: enabled === before.enabled, found: found(subject, enabled) };
    },
  };
}
