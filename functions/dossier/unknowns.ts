// Facts about an entity that were not read, and why.
import type { Entity } from '../domain/alert.ts';
import type { EntityFacts, Fact } from '../domain/facts.ts';

export type Unknown = { ref: string; fact: string; why: string };

/** Those that say nothing about this kind of entity are left out. */
export function unknownsOf({ ref }: Entity, facts: EntityFacts): Unknown[] {
  const { address, instance, lambda, identity, history } = facts;
  const named: [string, Fact<unknown> | undefined][] = [
    ['protection', facts.protectedBy],
    ['owner', address?.ownedBy],
    ['web requests', address?.seenOnWeb],
    ['tags', instance?.tags ?? lambda?.tags ?? identity?.tags],
    ['network ACLs', instance?.networkAcls],
    ['exposure', instance?.exposure],
    ['open ports', instance?.inbound],
    ['service account', identity?.serviceAccount],
    ['last use', identity?.lastUsed],
    ['status', identity?.status],
    ['MFA', identity?.mfa],
    ['policies', identity?.access],
    ['active keys', identity?.activeKeys],
    ['history', history.earlierIncidents],
    ['name in DNS', facts.reverseDns],
    ['declared scanner', facts.scanner],
    ['activity in CloudTrail', facts.activity],
    ['changes in CloudTrail', facts.changes],
    ['flow logs', facts.flows],
    ['changes in AWS Config', facts.configChanges],
  ];
  return named.flatMap(([fact, read]) =>
    read && !read.known ? [{ ref, fact, why: reasonOf(read.why) }] : [],
  );
}

/** Errors of AWS repeat names of resources, so only their own name is shown, and only one that reads as such. */
function reasonOf(why: string): string {
  const [, error] = /could not be read: (\w+)/.exec(why) ?? [];
  if (error !== undefined && !ERROR.test(error)) return 'could not be read';
  if (error) return `could not be read (${error})`;
  return why.replace(/^its tags are unknown: .*$/s, 'its tags are unknown').slice(0, 100);
}

/** Names of errors, from a closed list of words: `AccessDeniedException`, `ThrottlingException`, `TimeoutError`. */
const ERROR =
  /^(?:Access|Denied|Throttling|Throttled|Too|Many|Requests?|Limit|Exceeded|Time[Oo]ut|Abort|Service|Internal|Server|Unavailable|Failure|Error|Exception|No|Such|Not|Found|Entity|Resource|Unauthorized|Operation|Invalid|Validation|Client|Expired|Token|Credentials|Provider|Network|Type)+$/;
