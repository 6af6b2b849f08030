// Adds and removes entries of a WAFv2 IP set, with its lock token.
import type { WAFV2 } from '@aws-sdk/client-wafv2';
import ipaddr from 'ipaddr.js';
import pRetry from 'p-retry';
import { Conflict, NotFound, QuotaExceeded, Throttled } from '../../domain/errors.ts';
import type { IpSet, WafScope } from '../../domain/ip-set.ts';
import { aws, causedBy } from '../../platform/aws-errors.ts';
import type { Sleep } from '../poll-until.ts';

/** The calls used. The stand-in implements the same ones. */
export type WafApi = Pick<WAFV2, 'getIPSet' | 'updateIPSet' | 'listIPSets'>;

export type WafClients = {
  /** One client per scope: CLOUDFRONT needs a client for its own region. */
  waf: Readonly<Record<WafScope, WafApi>>;
  sets: readonly IpSet[];
  sleep: Sleep;
  random: () => number;
};

/** Maximum number of addresses in an IP set. @see https://docs.aws.amazon.com/waf/latest/developerguide/limits.html */
export const MAX_ADDRESSES = 10_000;
/** WAF accepts one change per second, account and region. Includes a safety margin. */
const BETWEEN_CHANGES_MS = 1_100;
const MAX_RETRIES = 8;
/** The maximum page size of WAF. */
const PAGE = 100;

/**
 * The notations in which WAF may store an entry. WAF was observed to expand IPv6 addresses.
 * @see https://github.com/hashicorp/terraform-provider-aws/issues/22797
 */
export function spellings(entry: string): string[] {
  if (!ipaddr.IPv6.isValidCIDR(entry)) return [entry];
  const [address, bits] = ipaddr.IPv6.parseCIDR(entry);
  const expanded = address.parts.map((part) => part.toString(16).padStart(4, '0')).join(':');
  const notations = [address.toString(), address.toNormalizedString(), expanded];
  return [...new Set(notations.map((form) => `${form}/${bits}`))];
}

function holds(addresses: readonly string[], entry: string): boolean {
  const ours = spellings(entry);
  return addresses.some((stored) => ours.includes(stored.toLowerCase()));
}

/** Without a cause, no set has the name. */
const isMissingSet = (error: unknown): boolean =>
  error instanceof NotFound &&
  (error.cause === undefined || causedBy(error, 'WAFNonexistentItemException'));

export function createIpSetAccess({ waf, sleep, random }: WafClients) {
  /** Serialises changes, because WAF accepts one per second and region. One queue serves both regions. */
  let queue: Promise<unknown> = Promise.resolve();
  const serialised = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = queue.then(work);
    queue = mine.then(
      () => sleep(BETWEEN_CHANGES_MS),
      () => sleep(BETWEEN_CHANGES_MS),
    );
    return mine;
  };

  const found = new Map<string, string>();

  async function find({ scope, name }: IpSet): Promise<string> {
    let NextMarker: string | undefined;
    do {
      const page = await aws('looking for the IP set', { ipSet: name }, () =>
        waf[scope].listIPSets({ Scope: scope, Limit: PAGE, ...(NextMarker && { NextMarker }) }),
      );
      const id = page.IPSets?.find(({ Name }) => Name === name)?.Id;
      if (id) return id;
      NextMarker = page.NextMarker;
    } while (NextMarker);
    throw new NotFound(`IP set ${name} of scope ${scope} not found`, { ipSet: name });
  }

  /** Caches an ID that was looked up until WAF no longer knows it: the other stack may have created its set again. */
  async function read(set: IpSet) {
    const known = set.id ?? found.get(set.name);
    const id = known ?? (await find(set));
    try {
      const content = await readOf(set, id);
      if (set.id === null) found.set(set.name, id);
      return content;
    } catch (error) {
      if (!(error instanceof NotFound) || !found.delete(set.name)) throw error;
      return read(set);
    }
  }

  async function readOf({ scope, name }: IpSet, id: string) {
    const ids = { ipSet: name };
    const { IPSet, LockToken } = await aws('reading the IP set', ids, () =>
      waf[scope].getIPSet({ Id: id, Name: name, Scope: scope }),
    );
    if (!IPSet || !LockToken) throw new NotFound(`the IP set ${name} has no content`, ids);
    const { Addresses = [], Description } = IPSet;
    return { id, addresses: Addresses, description: Description, lockToken: LockToken };
  }

  /** One attempt. The new list is computed from the read that returned the lock token, never from an earlier one. */
  async function changeOnce(set: IpSet, edit: (addresses: readonly string[]) => string[] | null) {
    const { id, addresses, description, lockToken } = await read(set);
    const next = edit(addresses);
    if (!next) return;
    if (next.length > MAX_ADDRESSES)
      throw new QuotaExceeded(`the IP set ${set.name} is full (${MAX_ADDRESSES} addresses)`, {
        ipSet: set.name,
      });
    await aws('writing the IP set', { ipSet: set.name }, () =>
      waf[set.scope].updateIPSet({
        Id: id,
        Name: set.name,
        Scope: set.scope,
        Addresses: next,
        // An update replaces the whole set, so the description is sent back as it was read.
        ...(description !== undefined && { Description: description }),
        LockToken: lockToken,
      }),
    );
  }

  const change = (
    set: IpSet,
    edit: (addresses: readonly string[]) => string[] | null,
  ): Promise<void> =>
    serialised(() =>
      pRetry(() => changeOnce(set, edit), {
        retries: MAX_RETRIES,
        minTimeout: 0,
        shouldRetry: ({ error }) => error instanceof Conflict || error instanceof Throttled,
        onFailedAttempt: ({ attemptNumber }) =>
          sleep(BETWEEN_CHANGES_MS * attemptNumber * (0.5 + random())),
      }),
    );

  return {
    addresses: async (set: IpSet): Promise<readonly string[]> => (await read(set)).addresses,
    has: async (set: IpSet, entry: string) => holds((await read(set)).addresses, entry),
    /** Like `has`, for a set that may have been deleted. */
    async find(set: IpSet, entry: string): Promise<'present' | 'absent' | 'no set'> {
      try {
        return holds((await read(set)).addresses, entry) ? 'present' : 'absent';
      } catch (error) {
        if (isMissingSet(error)) return 'no set';
        throw error;
      }
    },
    add: (set: IpSet, entry: string) =>
      change(set, (addresses) => (holds(addresses, entry) ? null : [...addresses, entry])),
    /** Removing the last entry leaves an empty list. */
    remove: (set: IpSet, entry: string) =>
      change(set, (addresses) => {
        if (!holds(addresses, entry)) return null;
        const ours = spellings(entry);
        return addresses.filter((stored) => !ours.includes(stored.toLowerCase()));
      }),
  };
}
