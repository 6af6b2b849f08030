// revoke_api_key for IAM access keys: sets the key to Inactive.

import type { IAM } from '@aws-sdk/client-iam';
import * as z from 'zod/mini';
import type { Description, Parameters } from '../../domain/action.ts';
import type { Alert, Entity } from '../../domain/alert.ts';
import { InvalidInput, StateChanged, TargetGone } from '../../domain/errors.ts';
import type { Facts } from '../../domain/facts.ts';
import { shellQuoted } from '../../domain/wording.ts';
import { aws } from '../../platform/aws-errors.ts';
import { credentialsOf, earlierIncidents, identityFacts, undoneAfter } from '../affected.ts';
import { rejectServiceAccount, UserName } from '../iam-user.ts';
import { defineMechanism, type MechanismInfo, type Subject } from '../mechanism.ts';
import { pollUntilHolds, type Sleep } from '../poll-until.ts';
import { onTarget } from '../target-gone.ts';

export type AccessKeyApi = Pick<IAM, 'getUser' | 'listAccessKeys' | 'updateAccessKey'>;
export type AccessKeyClients = { iam: AccessKeyApi; sleep: Sleep };

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKeyMetadata.html */
const Status = z.enum(['Active', 'Inactive', 'Expired']);
const Before = z.strictObject({ status: Status });
type Before = z.infer<typeof Before>;

/**
 * Long-lived keys begin with AKIA. Temporary keys (ASIA) have no status to change and expire by themselves.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
const LongLivedKey = z.string().check(z.regex(/^AKIA\w{12,124}$/));
const Owner = z.object({ userName: UserName });

export const deactivateKeyInfo: MechanismInfo = {
  id: 'access-key.inactive',
  version: 1,
  action: 'revoke_api_key',
  scope: 'access-key',
  targetKinds: ['access-key'],
  quota: 'none: it changes a status and creates nothing',
  effects: (_alert: Alert, target: Entity): readonly Parameters[] => {
    const owner = ownerOf(target);
    return owner && LongLivedKey.safeParse(target.value).success ? [owner] : [];
  },
  effectKey: ({ target }) => `access-key:${target.value}`,
  isGlobal: true,
  describe,
};

export const deactivateKey = /* @__PURE__ */ defineMechanism<AccessKeyClients, Before>(
  deactivateKeyInfo,
  {
    before: Before,
    // A key that was not active before is never activated by the reversal.
    alreadyInPlace: ({ status }) => status !== 'Active',
    connect,
  },
);

/** The user who owns the key, from the alert; null for the root user and for roles, whose keys can't be changed. */
function ownerOf({ attributes: { userName, userType } }: Entity): { userName: string } | null {
  const isUser = userType === undefined || /^iam_?user$/i.test(userType);
  const owner = Owner.safeParse({ userName });
  return isUser && owner.success ? owner.data : null;
}

const idsOf = ({ target, parameters }: Subject) => ({
  keyId: target.value,
  userName: Owner.parse(parameters).userName,
});

const nameOf = (subject: Subject): string => {
  const { keyId, userName } = idsOf(subject);
  return `the access key ${keyId} of ${userName}`;
};

/** IAM's error when the key or its user does not exist. */
const MISSING = ['NoSuchEntityException'];

function describe(subject: Subject, facts: Facts | null): Description {
  const { keyId, userName } = idsOf(subject);
  const set = (status: string) =>
    `aws iam update-access-key --user-name ${shellQuoted(userName)} --access-key-id ${shellQuoted(keyId)} --status ${status}`;
  return {
    headline: `Deactivate the access key ${keyId} of ${userName}`,
    changes: [
      `Deactivate the access key ${keyId} of the IAM user ${userName}, so that AWS refuses requests signed with it`,
    ],
    affected: [
      'Every program and person that signs requests with this key, after a few seconds',
      notAffected(userName, credentialsOf(subject, facts)),
      ...identityFacts(subject, facts),
      ...earlierIncidents(subject, facts, 'key'),
    ],
    undo: `${undoneAfter('Sets the key back to Active', subject)}. A leaked key must still be rotated: its owner receives the commands`,
    manualUndo: [set('Active')],
  };
}

function notAffected(userName: string, { password, otherKey }: ReturnType<typeof credentialsOf>) {
  const others = [
    ...(otherKey ? [`${userName}'s other access key`] : []),
    ...(password ? ['the console password'] : []),
  ];
  const sessions = 'sessions already started with this key';
  return `Not affected: ${others.length > 0 ? `${others.join(', ')}, and ` : ''}${sessions}`;
}

function connect({ iam, sleep }: AccessKeyClients): ReturnType<typeof deactivateKey.connect> {
  /** The status of each of the user's keys, at most two. */
  async function keysOf(userName: string) {
    const { AccessKeyMetadata } = await onTarget(`the IAM user ${userName}`, MISSING, () =>
      aws('reading the keys of the user', { userName }, () =>
        iam.listAccessKeys({ UserName: userName }),
      ),
    );
    return new Map(
      (AccessKeyMetadata ?? []).map(({ AccessKeyId, Status: status }) => [AccessKeyId, status]),
    );
  }
  const statusOf = async (subject: Subject) => {
    const { keyId, userName } = idsOf(subject);
    const status = (await keysOf(userName)).get(keyId);
    if (status) return status;
    throw new TargetGone(`${nameOf(subject)} no longer exists`, { keyId, userName });
  };
  const write = (subject: Subject, status: 'Active' | 'Inactive') => {
    const { keyId, userName } = idsOf(subject);
    return onTarget(nameOf(subject), MISSING, () =>
      aws('changing the status of the key', { keyId, userName }, () =>
        iam.updateAccessKey({ UserName: userName, AccessKeyId: keyId, Status: status }),
      ),
    );
  };

  return {
    async capture(subject) {
      const { keyId, userName } = idsOf(subject);
      await rejectServiceAccount(iam, userName);
      const status = (await keysOf(userName)).get(keyId);
      if (!status)
        throw new InvalidInput(
          `the alert says that ${keyId} belongs to ${userName}, but ${userName} has no such key`,
          { keyId, userName },
        );
      return { status: Status.parse(status) };
    },
    async apply(subject, { status }) {
      if (status === 'Active') await write(subject, 'Inactive');
    },
    verify: (subject) =>
      pollUntilHolds(async () => {
        const status = await statusOf(subject);
        return { holds: status !== 'Active', found: `${subject.target.value} is ${status}` };
      }, sleep),
    async revert(subject, before) {
      if (before.status !== 'Active') return;
      const now = await statusOf(subject);
      if (now !== 'Inactive' && now !== 'Active')
        throw new StateChanged(
          `${subject.target.value} is ${now}: someone changed it, so it is left unchanged`,
          idsOf(subject),
        );
      // Write even if the read shows Active: the read may be some seconds old.
      await write(subject, 'Active');
    },
    verifyReverted: (subject, before) =>
      pollUntilHolds(async () => {
        const status = await statusOf(subject);
        return {
          holds: status === before.status,
          found: `${subject.target.value} is ${status}`,
        };
      }, sleep),
  };
}
