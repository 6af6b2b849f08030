// Reads where the deny-all policy is attached, for the world check.
import type { IAM } from '@aws-sdk/client-iam';
import { aws } from '../../platform/aws-errors.ts';
import type { Permissions } from '../permissions.ts';
import { type Entry, IAM_EVENTS_REGION, type WorldReader, type Written } from '../world.ts';
import { denyUserInfo } from './deny-all.ts';

export type UserWorldClients = {
  iam: Pick<IAM, 'listEntitiesForPolicy'>;
  denyAllPolicyArn: string;
};

export const worldPermissions: Permissions = ({ denyAllPolicyArn }) => [
  {
    sid: 'SeeWhereTheDenyAllPolicyIsAttached',
    actions: ['iam:ListEntitiesForPolicy'],
    resources: [denyAllPolicyArn],
  },
];

const listOf = (policyArn: string, userName: string): string =>
  `${policyArn} ${userName.toLowerCase()}`;

/** CloudFormation detaches the policies that a user of a template does not name. */
export const written: Written = {
  eventNames: ['DetachUserPolicy'],
  regionOf: () => IAM_EVENTS_REGION,
  isWriteOf: ({ policyArn, userName }, list) =>
    list === listOf(String(policyArn), String(userName)),
};

export function createWorld({ iam, denyAllPolicyArn }: UserWorldClients): WorldReader {
  return {
    scope: 'user',
    written,
    entriesOf: ({ mechanism, target }) =>
      mechanism === denyUserInfo.id
        ? [{ ...attachedTo('user', target.value), list: listOf(denyAllPolicyArn, target.value) }]
        : [],
    async read() {
      const entries: Entry[] = [];
      let Marker: string | undefined;
      do {
        const page = await aws('reading the attachments of the deny-all policy', {}, () =>
          iam.listEntitiesForPolicy({ PolicyArn: denyAllPolicyArn, ...(Marker && { Marker }) }),
        );
        entries.push(
          ...(page.PolicyUsers ?? []).map(({ UserName = '' }) => attachedTo('user', UserName)),
          ...(page.PolicyRoles ?? []).map(({ RoleName = '' }) => attachedTo('role', RoleName)),
          // A group holds several users.
          ...(page.PolicyGroups ?? []).map(({ GroupName = '' }) => ({
            ...attachedTo('group', GroupName),
            isWide: true as const,
          })),
        );
        Marker = page.IsTruncated ? page.Marker : undefined;
      } while (Marker);
      return entries;
    },
  };
}

/** IAM names are unique regardless of letter case. */
const attachedTo = (kind: 'user' | 'role' | 'group', name: string): Entry => ({
  id: `user:${kind}:${name.toLowerCase()}`,
  text: `the deny-all policy on the IAM ${kind} ${name}`,
});
