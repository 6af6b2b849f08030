// Finds the AWS services that publish an address as their own.
import { type Interval, intervalOfCidr, merged, overlapsAny } from './intervals.ts';

type Service = [name: string, sorted: Interval[]];
let services: Promise<Service[]> | undefined;

/** Loads the file that tools/aws-ranges.ts generated. It lies beside the bundle: most cold starts never need it. */
async function published(): Promise<Service[]> {
  const { default: ranges } = await import('./aws-ranges.data.json', { with: { type: 'json' } });
  return Object.entries(ranges.services).map(([name, cidrs]) => [
    name,
    merged(cidrs.map(intervalOfCidr)),
  ]);
}

/**
 * Services that publish an address of this interval, such as `S3`, or `AMAZON` where AWS names no service. Empty for
 * other addresses, including EC2 addresses, which customers and therefore attackers use.
 */
export async function awsServicesIn(interval: Interval): Promise<string[]> {
  services ??= published();
  return (await services)
    .filter(([, sorted]) => overlapsAny(sorted, interval))
    .map(([name]) => name);
}
