// Asks DNS for the names of an address, and for the addresses of a name.
import type { Resolver } from 'node:dns/promises';
import type { Address } from '../platform/ip-address.ts';

type Host = Address['address'];

export type Dns = {
  /** The names as the owner of the address wrote them; empty if there are none. */
  namesOf: (address: Host, abortSignal: AbortSignal) => Promise<string[]>;
  /** Empty if the name doesn't exist, or has no address of the family. */
  addressesOf: (
    name: string,
    family: ReturnType<Host['kind']>,
    abortSignal: AbortSignal,
  ) => Promise<string[]>;
};

/** What `node:dns/promises` offers. One for each request, because cancelling ends all requests of a resolver. */
export type DnsApi = Pick<Resolver, 'resolvePtr' | 'resolve4' | 'resolve6' | 'cancel'>;

/** Rejects with the code of the failure as the name of the error, such as ETIMEOUT. */
export function createDns(newResolver: () => DnsApi): Dns {
  async function ask(
    abortSignal: AbortSignal,
    question: (resolver: DnsApi) => Promise<string[]>,
  ): Promise<string[]> {
    abortSignal.throwIfAborted();
    const resolver = newResolver();
    const cancel = () => resolver.cancel();
    abortSignal.addEventListener('abort', cancel);
    try {
      return await question(resolver);
    } catch (cause) {
      const code = codeOf(cause);
      if (NONE.includes(code)) return [];
      throw Object.assign(new Error(FAILURES[code] ?? 'DNS failed', { cause }), { name: code });
    } finally {
      abortSignal.removeEventListener('abort', cancel);
    }
  }
  return {
    // `reverse` reads the hosts file first.
    namesOf: (address, abortSignal) =>
      ask(abortSignal, (resolver) => resolver.resolvePtr(reverseName(address))),
    addressesOf: (name, family, abortSignal) =>
      ask(abortSignal, (resolver) =>
        family === 'ipv4' ? resolver.resolve4(name) : resolver.resolve6(name),
      ),
  };
}

/** NXDOMAIN, and an answer without a record of the type. */
const NONE = ['ENOTFOUND', 'ENODATA'];
const FAILURES: Readonly<Record<string, string>> = {
  ETIMEOUT: 'no name server answered in time',
  ESERVFAIL: 'the name server reports a failure',
  EREFUSED: 'the name server refuses to answer',
  ECONNREFUSED: 'no name server can be reached',
  EBADRESP: 'the answer is malformed',
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'UNKNOWN';

/** `7.113.0.203.in-addr.arpa` (RFC 1035, 3.5) or 32 nibbles below `ip6.arpa` (RFC 3596, 2.5). */
export function reverseName(address: Host): string {
  const bytes = address.toByteArray();
  if (address.kind() === 'ipv4') return `${bytes.reverse().join('.')}.in-addr.arpa`;
  const nibbles = bytes.flatMap((byte) => [byte >> 4, byte & 15]);
  return `${nibbles
    .reverse()
    .map((nibble) => nibble.toString(16))
    .join('.')}.ip6.arpa`;
}
