// Finds the AWS services that publish an address as their own.
import ranges from './aws-ranges.json' with { type: 'json' };
import { type Interval, intervalOfCidr, merged, overlapsAny } from './intervals.ts';

let services: [name: string, sorted: Interval[]][] | undefined;

/** Built lazily from what tools/aws-ranges.ts generated, because most cold starts never need it. */
const published = () => {
  services ??= Object.entries(ranges.services).map(([name, cidrs]) => [
    name,
    merged(cidrs.map(intervalOfCidr)),
  ]);
  return services;
};

/**
 * Services that publish an address of this interval, such as `S3`, or `AMAZON` where AWS names no service. Empty for
 * other addresses, including EC2 addresses, which customers and therefore attackers use.
 */
export const awsServicesIn = (interval: Interval): string[] =>
  published()
    .filter(([, sorted]) => overlapsAny(sorted, interval))
    .map(([name]) => name);
