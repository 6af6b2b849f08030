// disable_user_account_temporarily for IAM users: a deny-all policy.

import type { IAM } from '@aws-sdk/client-iam';
import * as z from 'zod/mini';
import type { Description } from '../../domain/action.ts';
import { QuotaExceeded } from '../../domain/errors.ts';
import type { Facts } from '../../domain/facts.ts';
import { shellQuoted } from '../../domain/wording.ts';
import { aws, causedBy } from '../../platform/aws-errors.ts';
import { credentialsOf, earlierIncidents, identityFacts, undoneAfter } from '../affected.ts';
import { rejectServiceAccount, UserName } from '../iam-user.ts';
import { defineMechanism, type MechanismInfo, type Subject } from '../mechanism.ts';
import { pollUntilHolds, type Sleep } from '../poll-until.ts';
import { onTarget } from '../target-gone.ts';

export type UserApi = Pick<
  IAM,
  | 'getUser'
  | 'listAttachedUserPolicies'
  | 'getAccountSummary'
  | 'attachUserPolicy'
  | 'detachUserPolicy'
>;
export type UserClients = {
  iam: UserApi;
  /** The only policy that the role may attach: infra/deny-all.ts. */
  denyAllPolicyArn: string;
  sleep: Sleep;
};

/** The path of the policy of every stack, so that a person finds it without knowing the stack's prefix. */
const POLICY_PATH = '/countermand/';
/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const DEFAULT_QUOTA = 10;

const Before = z.strictObject({ attached: z.boolean() });
type Before = z.infer<typeof Before>;

export const denyUserInfo: MechanismInfo = {
  id: 'user.deny-all',
  version: 1,
  action: 'disable_user_account_temporarily',
  scope: 'user',
  targetKinds: ['iam-user'],
  quota: `${DEFAULT_QUOTA} managed policies per user, 20 on request; read from the account before each attachment`,
  effects: (_alert, { value }) => (UserName.safeParse(value).success ? [{}] : []),
  // IAM user names are unique regardless of letter case.
  effectKey: ({ target }) => `user:deny-all:${target.value.toLowerCase()}`,
  isGlobal: true,
  describe,
};

export const denyUser = /* @__PURE__ */ defineMechanism<UserClients, Before>(denyUserInfo, {
  before: Before,
  alreadyInPlace: ({ attached }) => attached,
  connect,
});

function describe(subject: Subject, facts: Facts | null): Description {
  const name = subject.target.value;
  const user = `--user-name ${shellQuoted(name)}`;
  return {
    headline: `Deny all access for the IAM user ${name}`,
    changes: [
      `Attach this stack's policy “deny-all” (Deny * on *, path ${POLICY_PATH}) to the IAM user ${name}`,
    ],
    affected: [
      `${credentialsOf(subject, facts).password ? 'The user’s console sign-in, every access key' : 'Every access key of the user'}, and the programs that use one, after a few seconds`,
      'Not affected until they expire, after at most 12 hours: sessions of roles that the user already assumed',
      ...identityFacts(subject, facts),
      ...earlierIncidents(subject, facts, 'user'),
    ],
    undo: undoneAfter('Detaches exactly this policy', subject),
    manualUndo: [
      `for ARN in $(aws iam list-attached-user-policies ${user} --path-prefix ${POLICY_PATH} --output text --query 'AttachedPolicies[].PolicyArn'); do aws iam detach-user-policy ${user} --policy-arn "$ARN"; done`,
    ],
  };
}

function connect({
  iam,
  denyAllPolicyArn,
  sleep,
}: UserClients): ReturnType<typeof denyUser.connect> {
  const attachedTo = async (userName: string): Promise<string[]> => {
    const arns: string[] = [];
    let marker: string | undefined;
    do {
      const page = await onUser(userName, 'reading the policies of the user', () =>
        iam.listAttachedUserPolicies({ UserName: userName, ...(marker && { Marker: marker }) }),
      );
      arns.push(...(page.AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []));
      marker = page.IsTruncated ? page.Marker : undefined;
    } while (marker);
    return arns;
  };

  async function rejectWhenFull(userName: string, attached: number): Promise<void> {
    const { SummaryMap } = await aws('reading the quotas of IAM', { userName }, () =>
      iam.getAccountSummary({}),
    );
    const quota = SummaryMap?.AttachedPoliciesPerUserQuota ?? DEFAULT_QUOTA;
    if (attached >= quota)
      throw new QuotaExceeded(
        `${userName} has ${attached} managed policies attached, and the account allows ${quota}: no room for the deny-all policy`,
        { userName },
      );
  }

  return {
    async capture({ target: { value: userName } }) {
      await rejectServiceAccount(iam, userName);
      const policies = await attachedTo(userName);
      const attached = policies.includes(denyAllPolicyArn);
      if (!attached) await rejectWhenFull(userName, policies.length);
      return { attached };
    },
    async apply({ target: { value: userName } }) {
      try {
        await aws('attaching the deny-all policy', { userName }, () =>
          iam.attachUserPolicy({ UserName: userName, PolicyArn: denyAllPolicyArn }),
        );
      } catch (error) {
        // IAM reports a missing user and a missing policy by the same name.
        if (causedBy(error, NO_SUCH_ENTITY)) await rejectMissingUser(iam, userName);
        throw error;
      }
    },
    verify: ({ target: { value: userName } }) =>
      pollUntilHolds(async () => {
        const holds = (await attachedTo(userName)).includes(denyAllPolicyArn);
        return {
          holds,
          found: `The deny-all policy is ${holds ? '' : 'not '}attached to ${userName}`,
        };
      }, sleep),
    async revert({ target: { value: userName } }, { attached }) {
      if (attached) return;
      try {
        // Detach without reading first: an outdated read could miss our policy and leave it attached.
        await aws('detaching the deny-all policy', { userName }, () =>
          iam.detachUserPolicy({ UserName: userName, PolicyArn: denyAllPolicyArn }),
        );
      } catch (error) {
        // Someone else detached the policy, or the user is gone.
        if (!causedBy(error, NO_SUCH_ENTITY)) throw error;
        await rejectMissingUser(iam, userName);
      }
    },
    verifyReverted: ({ target: { value: userName } }, before) =>
      pollUntilHolds(async () => {
        const attached = (await attachedTo(userName)).includes(denyAllPolicyArn);
        return {
          holds: attached === before.attached,
          found: `The deny-all policy is ${attached ? 'still' : 'no longer'} attached to ${userName}`,
        };
      }, sleep),
  };
}

const NO_SUCH_ENTITY = 'NoSuchEntityException';

const onUser = <T>(userName: string, what: string, call: () => Promise<T>): Promise<T> =>
  onTarget(`the IAM user ${userName}`, [NO_SUCH_ENTITY], () => aws(what, { userName }, call));

/** Throws TargetGone if the user no longer exists. */
const rejectMissingUser = (iam: Pick<IAM, 'getUser'>, userName: string) =>
  onUser(userName, 'reading the user', () => iam.getUser({ UserName: userName }));
