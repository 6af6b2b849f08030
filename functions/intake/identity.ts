// The identity of a finding: the same one through every door.
import type { Reported } from '../domain/alert.ts';

/** The partition may be empty or wrong in hand-made events. */
const GUARDDUTY =
  /^arn:[a-z-]*:guardduty:(?<region>[a-z0-9-]*):(?<account>\d{12}):detector\/[^/]+\/finding\/(?<id>.+)$/;

/**
 * GuardDuty sends a finding itself, and Security Hub sends it again in two formats, with GuardDuty's ARN as its ID.
 * Contains the type, because a product may reuse a finding ID for another type.
 */
export function identityOf({ source, account, region, findingId, type }: Reported): string {
  const own = GUARDDUTY.exec(findingId)?.groups;
  return own
    ? ['guardduty', own.account, own.region, own.id, type].join('\n')
    : [doorless(source), account, region, findingId, type].join('\n');
}

/** Security Hub has two formats for the same findings. */
const doorless = (source: Reported['source']): string =>
  source === 'securityhub-ocsf' ? 'securityhub-asff' : source;
