// The address of a finding in the AWS console.
import type { Alert } from '../../domain/alert.ts';

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const GUARDDUTY = /^(?:arn:aws:guardduty:[a-z0-9-]+:\d{12}:detector\/\w+\/finding\/)?(\w{32})$/;

/**
 * The address, or null if the console has none: the console of China is at another address, and generic alerts have no
 * page.
 */
export function findingUrl({
  source,
  region,
  findingId,
}: Pick<Alert, 'source' | 'region' | 'findingId'>): string | null {
  if (!REGION.test(region) || region.startsWith('cn-')) return null;
  const home = (service: string) =>
    `https://${region}.console.aws.amazon.com/${service}/home?region=${region}`;
  const [, id] = GUARDDUTY.exec(findingId) ?? [];
  if (id) return `${home('guardduty')}#/findings?macros=current&fId=${id}`;
  if (source !== 'securityhub-asff' && source !== 'securityhub-ocsf') return null;
  // The console encodes the filter twice and its separators a third time.
  const search = `Id=${encodeURIComponent('\\operator\\:EQUALS\\:')}${encodeURIComponent(findingId)}`;
  return `${home('securityhub')}#/findings?search=${encodeURIComponent(search)}`;
}
