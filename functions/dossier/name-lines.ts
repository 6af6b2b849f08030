// Lines of evidence about the names of addresses in DNS.
import type { EntityFacts } from '../domain/facts.ts';
import type { ReverseDns } from '../domain/reverse-dns.ts';
import type { EvidenceLine } from './evidence-lines.ts';
import { featuresOf } from './features.ts';

/** No name is quoted. A line is untrusted unless the domain that policy declares lists the address. */
export const nameLines = (facts: readonly EntityFacts[]): EvidenceLine[] =>
  facts.flatMap(({ ref, reverseDns }) =>
    reverseDns?.known
      ? {
          text: `dns host-name about ${ref}: ${textOf(reverseDns.value)}`,
          ...{ source: 'dns', kind: 'host-name' as const, refs: [ref] },
          isUntrusted: !reverseDns.value.claim?.isConfirmed,
        }
      : [],
  );

function textOf({ names, count, claim }: ReverseDns): string {
  if (claim?.isConfirmed)
    return `name=a host of ${claim.domain}, which policy declares and which lists the address`;
  if (claim)
    return `name~claims ${claim.domain}, which policy declares and which does not list the address`;
  if (names.length === 0) return count === 0 ? 'name~none' : `name~${count} that are no host names`;
  const more = count > names.length ? ` and ${count - names.length} more` : '';
  return `name~${names.map(featuresOf).join(' ')}${more}`;
}
