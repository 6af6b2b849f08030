// Finds the recent web requests of each address in AWS WAF's samples.
import { type Fact, type SeenOnWeb, unknown } from '../domain/facts.ts';
import { requestsFrom, type SampleClients, sampledRequests } from '../platform/sampled-requests.ts';
import { type ReadDeps, readFact } from './read-fact.ts';

/** A lookup of each address's sampled requests. Reads the samples once for all addresses. */
export async function webTrafficOf(
  deps: ReadDeps & { now: () => Date },
  clients: SampleClients,
  addresses: readonly string[],
): Promise<(address: string) => Fact<SeenOnWeb>> {
  if (clients.webAcls.length === 0) return () => unknown('policy names no web ACL');
  if (addresses.length === 0) return () => unknown('the alert names no address');
  const samples = await readFact(deps, 'The requests sampled by AWS WAF', (abortSignal) =>
    sampledRequests(clients, deps.now(), abortSignal),
  );
  return (address) => {
    if (!samples.known) return samples;
    const seen = requestsFrom(samples.value, address);
    return seen ? { known: true, value: seen } : unknown('not a single address');
  };
}
