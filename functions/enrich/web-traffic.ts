// What each address of an alert asked for on the web lately: one look for all of them.
import { type Fact, type SeenOnWeb, unknown } from '../domain/facts.ts';
import { type SampleClients, sampledRequests, seenIn } from '../platform/sampled-requests.ts';
import { type LookDeps, look } from './look.ts';

export async function webTrafficOf(
  deps: LookDeps & { now: () => Date },
  clients: SampleClients,
  addresses: readonly string[],
): Promise<(address: string) => Fact<SeenOnWeb>> {
  if (clients.webAcls.length === 0) return () => unknown('policy names no web ACL');
  if (addresses.length === 0) return () => unknown('the alert names no address');
  const samples = await look(deps, 'What AWS WAF sampled', (abortSignal) =>
    sampledRequests(clients, deps.now(), abortSignal),
  );
  return (address) => {
    if (!samples.known) return samples;
    const seen = seenIn(samples.value, address);
    return seen ? { known: true, value: seen } : unknown('it is not one address');
  };
}
