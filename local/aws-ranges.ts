// Reduces AWS's published address ranges to what enrichment needs: node local/aws-ranges.ts <ip-ranges.json>
// Download it from https://ip-ranges.amazonaws.com/ip-ranges.json
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const Published = z.object({
  createDate: z.string(),
  prefixes: z.array(z.object({ ip_prefix: z.cidrv4(), service: z.string() })),
  ipv6_prefixes: z.array(z.object({ ipv6_prefix: z.cidrv6(), service: z.string() })),
});

const [source] = process.argv.slice(2);
if (!source) {
  console.error('usage: node local/aws-ranges.ts <ip-ranges.json>');
  process.exit(2);
}
const published = Published.parse(JSON.parse(readFileSync(source, 'utf8')));
const services: Record<string, string[]> = {};
const add = (service: string, cidr: string) => {
  services[service] ??= [];
  services[service].push(cidr);
};
for (const { service, ip_prefix } of published.prefixes) add(service, ip_prefix);
for (const { service, ipv6_prefix } of published.ipv6_prefixes) add(service, ipv6_prefix);
const reduced = { createDate: published.createDate, services };
const target = new URL('../functions/enrich/aws-ranges.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(reduced)}\n`);
console.log(`${Object.values(services).flat().length} ranges of ${published.createDate} written`);
