// Reduces AWS's published address ranges to those that AWS itself uses.
// Download https://ip-ranges.amazonaws.com/ip-ranges.json and run: node tools/aws-ranges.ts <ip-ranges.json>
import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import '../functions/domain/english.ts';
import {
  cidrsOf,
  type Interval,
  intervalOfCidr,
  merged,
  subtract,
} from '../functions/enrich/intervals.ts';

const Published = z.object({
  createDate: z.string(),
  prefixes: z.array(z.object({ ip_prefix: z.cidrv4(), service: z.string() })),
  ipv6_prefixes: z.array(z.object({ ipv6_prefix: z.cidrv6(), service: z.string() })),
});

const [source] = process.argv.slice(2);
if (!source) {
  console.error('Usage: node tools/aws-ranges.ts <ip-ranges.json>');
  process.exit(2);
}
const published = Published.parse(JSON.parse(readFileSync(source, 'utf8')));
const all = [
  ...published.prefixes.map(({ service, ip_prefix }) => ({ service, cidr: ip_prefix })),
  ...published.ipv6_prefixes.map(({ service, ipv6_prefix }) => ({ service, cidr: ipv6_prefix })),
];
const byService = Map.groupBy(all, ({ service }) => service);
const intervalsOf = (service: string): Interval[] =>
  merged((byService.get(service) ?? []).map(({ cidr }) => intervalOfCidr(cidr)));

// AMAZON contains every range, and customers rent EC2. AWS itself uses the named services, and the rest of AMAZON.
const named = [...byService.keys()].filter((name) => name !== 'AMAZON' && name !== 'EC2').sort();
const nameless = subtract(intervalsOf('AMAZON'), ['EC2', ...named].flatMap(intervalsOf));
const services = Object.fromEntries([
  ...named.map((name) => [name, intervalsOf(name).flatMap(cidrsOf)]),
  ['AMAZON', nameless.flatMap(cidrsOf)],
]);
const target = new URL('../functions/enrich/aws-ranges.data.json', import.meta.url);
writeFileSync(target, `${JSON.stringify({ createDate: published.createDate, services })}\n`);
console.log(`${Object.values(services).flat().length} ranges of ${published.createDate} written`);
