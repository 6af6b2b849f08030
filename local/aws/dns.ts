// Stand-in of DNS with names for addresses of the samples. Asks no network.
import type { Dns } from '../../functions/enrich/dns.ts';

export type Zones = {
  /** The names that the owner of each address chose. */
  names: Readonly<Record<string, readonly string[]>>;
  /** The addresses that the owner of each name lists. */
  addresses: Readonly<Record<string, readonly string[]>>;
};

/** One address with the name of a survey that lists it, and one that only claims such a name. */
export const LOCAL_ZONES: Zones = {
  names: {
    '203.0.113.66': ['probe-66.survey.example'],
    '2001:db8:bad::1:7': ['probe-7.survey.example'],
  },
  addresses: { 'probe-7.survey.example': ['2001:db8:bad::1:7'] },
};

export const createDns = ({ names, addresses }: Zones): Dns => ({
  namesOf: async (address) => [...(names[address.toString()] ?? [])],
  addressesOf: async (name, family) =>
    (addresses[name] ?? []).filter((one) => one.includes(':') === (family === 'ipv6')),
});
