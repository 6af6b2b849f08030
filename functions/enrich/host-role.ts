// Finds the role that an instance runs with.
import type { IAM } from '@aws-sdk/client-iam';
import { type Fact, known, unknown } from '../domain/facts.ts';
import type { InstanceOf } from './instances.ts';
import { type ReadDeps, readFact } from './read-fact.ts';

export type InstanceProfileApi = Pick<IAM, 'getInstanceProfile'>;

export type HostRoleDeps = ReadDeps & { instanceOf: InstanceOf; iam: InstanceProfileApi };

const MAX_INSTANCES = 5;

/** A lookup of the ARN of each instance's role, null if it has none. Reads each instance once. */
export function hostRoles(
  deps: HostRoleDeps,
): (instanceId: string) => Promise<Fact<string | null>> {
  const asked = new Map<string, Promise<Fact<string | null>>>();
  return async (instanceId) => {
    const before = asked.get(instanceId);
    if (before !== undefined) return before;
    if (asked.size >= MAX_INSTANCES)
      return unknown(`only the roles of the first ${MAX_INSTANCES} instances are read`);
    const looked = roleOf(deps, instanceId);
    asked.set(instanceId, looked);
    return looked;
  };
}

/** An instance names its instance profile, which holds at most one role. */
async function roleOf(
  { instanceOf, iam, ...deps }: HostRoleDeps,
  instanceId: string,
): Promise<Fact<string | null>> {
  const instance = await instanceOf(instanceId);
  if (!instance.known) return instance;
  const InstanceProfileName = instance.value.IamInstanceProfile?.Arn?.split('/').at(-1);
  if (!InstanceProfileName) return known(null);
  return readFact(deps, `The role of ${instanceId}`, async (abortSignal) => {
    const { InstanceProfile } = await iam.getInstanceProfile(
      { InstanceProfileName },
      { abortSignal },
    );
    return InstanceProfile?.Roles?.[0]?.Arn ?? null;
  });
}
