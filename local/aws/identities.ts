// Lists the users and keys of the stand-ins, and whether each one works.
import type { ApiKeys } from '../../functions/mechanisms/api-key/stand-in.ts';
import { DENY_ALL_POLICY, type IamState } from '../../functions/mechanisms/user/stand-in.ts';
import type { UserPools } from '../../functions/mechanisms/user-pool/stand-in.ts';

export type Identity = { name: string; kind: string; works: boolean };

export function identitiesIn(iam: IamState, pools: UserPools, apiKeys: ApiKeys): Identity[] {
  return [
    ...iam.users.flatMap(({ name, policies, keys }) => [
      { name, kind: 'IAM user', works: !policies.includes(DENY_ALL_POLICY) },
      ...Object.entries(keys).map(([id, status]) => ({
        name: id,
        kind: `access key of ${name}`,
        works: status === 'Active',
      })),
    ]),
    ...Object.entries(pools).flatMap(([pool, users]) =>
      Object.entries(users).map(([name, { enabled }]) => ({
        name,
        kind: `user of ${pool}`,
        works: enabled,
      })),
    ),
    ...Object.entries(apiKeys).map(([id, { name, enabled }]) => ({
      name: id,
      kind: `API key of ${name}`,
      works: enabled,
    })),
  ];
}
