// One entry in a WAFv2 IP set: read with the lock token, change, write; again when somebody was faster.
import type { WAFV2 } from '@aws-sdk/client-wafv2';
import ipaddr from 'ipaddr.js';
import pRetry from 'p-retry';
import { Conflict, NotFound, QuotaExceeded, Throttled } from '../../domain/errors.ts';
import type { IpSet, WafScope } from '../../domain/ip-set.ts';
import { aws } from '../../platform/aws-errors.ts';
import type { Sleep } from '../poll-until.ts';

/** The calls that we make; a stand-in implements the same. */
export type WafApi = Pick<WAFV2, 'getIPSet' | 'updateIPSet' | 'listIPSets'>;

export type WafClients = {
  /** One client for each scope that there are sets of: CLOUDFRONT needs one of its own region. */
  waf: Readonly<Record<WafScope, WafApi>>;
  sets: readonly IpSet[];
  sleep: Sleep;
  random: () => number;
};

/** An IP set holds at most this many addresses. @see https://docs.aws.amazon.com/waf/latest/developerguide/limits.html */
export const MAX_ADDRESSES = 10_000;
/** WAF accepts one change per second, account and region; a little more keeps clear of the border. */
const BETWEEN_CHANGES_MS = 1_100;
const MAX_RETRIES = 8;
/** The largest page that WAF gives. */
const PAGE = 100;

/**
 * How WAF may have stored an entry: IPv6 addresses were seen to come back written out in full, whatever was sent.
 * @see https://github.com/hashicorp/terraform-provider-aws/issues/22797
 */
export function spellings(entry: string): string[] {
  if (!ipaddr.IPv6.isValidCIDR(entry)) return [entry];
  const [address, bits] = ipaddr.IPv6.parseCIDR(entry);
  const inFull = address.parts.map((part) => part.toString(16).padStart(4, '0')).join(':');
  const forms = [address.toString(), address.toNormalizedString(), inFull];
  return [...new Set(forms.map((form) => `${form}/${bits}`))];
}

function holds(addresses: readonly string[], entry: string): boolean {
  const ours = spellings(entry);
  return addresses.some((stored) => ours.includes(stored.toLowerCase()));
}

export function createIpSetAccess({ waf, sleep, random }: WafClients) {
  /** Changes go one after another: WAF takes one a second in a region. Of two regions, one waits for nothing. */
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
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
    throw new NotFound(`there is no IP set ${name} of scope ${scope}`, { ipSet: name });
  }

  /** An id that was found is kept until WAF does not know it any more: the other stack may have made its set anew. */
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

  /** One attempt: the list is computed from what the lock token stands for, never from an earlier look. */
  async function changeOnce(set: IpSet, edit: (addresses: readonly string[]) => string[] | null) {
    const { id, addresses, description, lockToken } = await read(set);
    const next = edit(addresses);
    if (!next) return;
    if (next.length > MAX_ADDRESSES)
      throw new QuotaExceeded(
        `the IP set ${set.name} is full: it holds ${MAX_ADDRESSES} addresses`,
        {
          ipSet: set.name,
        },
      );
    await aws('writing the IP set', { ipSet: set.name }, () =>
      waf[set.scope].updateIPSet({
        Id: id,
        Name: set.name,
        Scope: set.scope,
        Addresses: next,
        // An update replaces the set whole: what is not ours goes back as it was read.
        ...(description !== undefined && { Description: description }),
        LockToken: lockToken,
      }),
    );
  }

  const change = (
    set: IpSet,
    edit: (addresses: readonly string[]) => string[] | null,
  ): Promise<void> =>
    inTurn(() =>
      pRetry(() => changeOnce(set, edit), {
        retries: MAX_RETRIES,
        minTimeout: 0,
        shouldRetry: ({ error }) => error instanceof Conflict || error instanceof Throttled,
        onFailedAttempt: ({ attemptNumber }) =>
          sleep(BETWEEN_CHANGES_MS * attemptNumber * (0.5 + random())),
      }),
    );

  return {
    has: async (set: IpSet, entry: string) => holds((await read(set)).addresses, entry),
    add: (set: IpSet, entry: string) =>
      change(set, (addresses) => (holds(addresses, entry) ? null : [...addresses, entry])),
    /** The last one, too: the list is then empty. */
    remove: (set: IpSet, entry: string) =>
      change(set, (addresses) => {
        if (!holds(addresses, entry)) return null;
        const ours = spellings(entry);
        return addresses.filter((stored) => !ours.includes(stored.toLowerCase()));
      }),
  };
}
