// The identity of a finding, whichever source delivers it.
import type { Reported } from '../domain/alert.ts';

/** The partition may be empty or wrong in hand-made events. */
const GUARDDUTY =
  /^arn:[a-z-]*:guardduty:(?<region>[a-z0-9-]*):(?<account>\d{12}):detector\/[^/]+\/finding\/(?<id>.+)$/;

/**
 * GuardDuty sends a finding itself, and Security Hub sends it again with GuardDuty's ARN as its ID. The identity
 * contains the type, because a product may reuse a finding ID for another type.
 */
export function identityOf({ source, account, region, findingId, type }: Reported): string {
  const own = GUARDDUTY.exec(findingId)?.groups;
  // Security Hub sends the same findings in two formats.
  const product = source === 'securityhub-ocsf' ? 'securityhub-asff' : source;
  return own
    ? ['guardduty', own.account, own.region, own.id, type].join('\n')
    : [product, account, region, findingId, type].join('\n');
}
