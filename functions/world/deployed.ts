// Records which lists a deployment of Countermand's own stacks wrote again.
import * as z from 'zod/mini';
import type { WorldDeps } from './deps.ts';

/**
 * CloudFormation sends it within seconds of writing the resource, also when it rolls an update back. No one else can
 * send events of this source.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/event-detail-resource-status-change.html
 */
const ResourceWritten = z.object({
  source: z.literal('aws.cloudformation'),
  'detail-type': z.literal('CloudFormation Resource Status Change'),
  time: z.string(),
  detail: z.object({
    'physical-resource-id': z.string(),
    'status-details': z.object({ status: z.literal('UPDATE_COMPLETE') }),
  }),
});

/** Longer than a deployment takes, so that the checks during and after it know. */
const REMEMBERED_MS = 3_600_000;

/** The time and physical ID of a resource that a deployment updated; null for any other event. */
export function writtenResource(event: unknown): { physicalId: string; at: string } | null {
  const { data } = ResourceWritten.safeParse(event);
  return data ? { physicalId: data.detail['physical-resource-id'], at: data.time } : null;
}

/** The checks then know at once who emptied the list, minutes before CloudTrail shows it. Throws Conflict. */
export async function recordDeployed(
  { store, policy, readers, now, log }: WorldDeps,
  { physicalId, at }: { physicalId: string; at: string },
): Promise<void> {
  const lists = readers.flatMap(({ written }) => written?.listOf?.(physicalId) ?? []);
  if (lists.length === 0) return;
  const state = await store.world.find(policy.account);
  const oldest = new Date(now().getTime() - REMEMBERED_MS).toISOString();
  const others = state.deployed.filter((one) => !lists.includes(one.list) && one.at >= oldest);
  // A time in the future would also explain later removals.
  const knownAt = [at, now().toISOString()].sort()[0] ?? at;
  const deployed = [...others, ...lists.map((list) => ({ list, at: knownAt }))];
  await store.world.save(policy.account, state, { ...state, deployed });
  log('info', 'a deployment wrote lists', { lists });
}
