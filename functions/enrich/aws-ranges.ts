// Which AWS services publish an address as theirs. The ranges are reduced by tools/aws-ranges.ts.
import ranges from './aws-ranges.json' with { type: 'json' };
import { type Interval, intervalOfCidr, merged, touchesAny } from './intervals.ts';

let services: [name: string, rising: Interval[]][] | undefined;

/** Built at first use: most cold starts of this function never need it. */
const published = () => {
  services ??= Object.entries(ranges.services).map(([name, cidrs]) => [
    name,
    merged(cidrs.map(intervalOfCidr)),
  ]);
  return services;
};

/**
 * Services that publish an address of this interval, such as `S3`; `AMAZON` where no service is named, and none for
 * what is not AWS's own, such as the addresses that EC2 rents to customers, attackers among them.
 */
export const awsServicesIn = (interval: Interval): string[] =>
  published()
    .filter(([, rising]) => touchesAny(rising, interval))
    .map(([name]) => name);
