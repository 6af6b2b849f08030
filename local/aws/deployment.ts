// Empties the IP sets, as a person or a deployment would.
import { checkWorld } from '../../functions/world/check.ts';
import { recordDeployed, writtenResource } from '../../functions/world/deployed.ts';
import type { WorldDeps } from '../../functions/world/deps.ts';

/** Calls `empty`, which returns the names of the sets. Only a deployment sends events about it. */
export async function emptyIpSets(
  world: WorldDeps,
  empty: () => string[],
  by: 'person' | 'deployment',
): Promise<void> {
  // An entry is put back only if a check saw it before.
  await checkWorld(world);
  const written = empty().map((name) => writtenResource(ipSetUpdated(name, world.now())));
  for (const one of by === 'deployment' ? written : []) if (one) await recordDeployed(world, one);
  await checkWorld(world);
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/event-detail-resource-status-change.html */
const ipSetUpdated = (name: string, now: Date) => ({
  source: 'aws.cloudformation',
  'detail-type': 'CloudFormation Resource Status Change',
  time: now.toISOString(),
  detail: {
    'physical-resource-id': `${name}|a1b2c3d4-5678-90ab-cdef-EXAMPLE11111|REGIONAL`,
    'resource-type': 'AWS::WAFv2::IPSet',
    'status-details': { status: 'UPDATE_COMPLETE', 'status-reason': '' },
  },
});
