// Compares two records of AWS Config: which parts changed, and what that did.
import { isDeepStrictEqual } from 'node:util';
import type { ConfigurationItem } from '@aws-sdk/client-config-service';
import type { IpPermission } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import type { ConfigChange } from '../domain/config-changes.ts';
import { jsonOf } from '../domain/json.ts';
import { effectOf, FOLLOWS, partNamed } from './config-parts.ts';
import { openToAnyone } from './security-groups.ts';

export type ConfigItem = {
  at: string;
  status: ConfigChange['status'] | null;
  /** Top-level parts by their name in AWS's schema. Null if the record holds none, as after a deletion. */
  parts: ReadonlyMap<string, unknown> | null;
};

const STATUSES: ReadonlyMap<string, ConfigChange['status']> = new Map([
  ['OK', 'changed'],
  ['ResourceDiscovered', 'discovered'],
  ['ResourceDeleted', 'deleted'],
  ['ResourceDeletedNotRecorded', 'deleted'],
]);

/** Throws for a record without a time. */
export const itemOf = (item: ConfigurationItem): ConfigItem => ({
  at: item.configurationItemCaptureTime?.toISOString() ?? timeless(),
  status: STATUSES.get(item.configurationItemStatus ?? '') ?? null,
  parts: partsOf(item),
});

const timeless = (): never => {
  throw new Error('AWS Config returned a record without a time');
};

/** Records are some kilobytes. A longer text is not parsed. */
const MAX_TEXT = 500_000;
const Parts = z.record(z.string(), z.unknown());

function partsOf({ configuration = '', supplementaryConfiguration, tags }: ConfigurationItem) {
  const main = Parts.safeParse(configuration.length > MAX_TEXT ? null : jsonOf(configuration));
  if (!main.success) return null;
  const more = Object.entries(supplementaryConfiguration ?? {}).map(
    ([name, text]) => [name, text.length > MAX_TEXT ? text : (jsonOf(text) ?? text)] as const,
  );
  return new Map<string, unknown>([...Object.entries(main.data), ...more, ['tags', tags ?? {}]]);
}

const MAX_PARTS = 8;
const MAX_REACH = 5;
const NONE: Pick<ConfigChange, 'parts' | 'otherParts' | 'opened' | 'closed' | 'effects'> = {
  ...{ parts: [], otherParts: 0 },
  ...{ opened: [], closed: [], effects: [] },
};

/** Null if nothing changed, as in a record of a new relationship. */
export function changeBetween(
  before: ConfigItem | null,
  { at, status, parts }: ConfigItem,
): Omit<ConfigChange, 'group'> | null {
  if (status === null) return null;
  if (status === 'deleted') return { at, status, ...NONE };
  if (status === 'discovered') return { at, status, ...NONE, ...rulesBetween([], parts) };
  if (!before?.parts || !parts) return { at, status, ...NONE, parts: null };
  const [was, is] = [before.parts, parts];
  const changed = [...new Set([...was.keys(), ...is.keys()])].filter(
    (name) => !FOLLOWS.has(name) && !isDeepStrictEqual(was.get(name) ?? null, is.get(name) ?? null),
  );
  if (changed.length === 0) return null;
  const named = [...new Set(changed.flatMap((name) => partNamed(name) ?? []))];
  const unnamed = changed.filter((name) => !partNamed(name)).length;
  return {
    ...{ at, status, parts: named.slice(0, MAX_PARTS) },
    otherParts: unnamed + Math.max(0, named.length - MAX_PARTS),
    ...rulesBetween(rulesIn(was), is),
    effects: changed.flatMap((name) => effectOf(name, was.get(name), is.get(name)) ?? []),
  };
}

const Port = z.nullish(z.int().check(z.gte(0), z.lte(65_535)));
const Ranges = {
  ipv4Ranges: z.nullish(z.array(z.object({ cidrIp: z.string() }))),
  ipv6Ranges: z.nullish(z.array(z.object({ cidrIpv6: z.string() }))),
};
const Rules = z.array(
  z.union([
    z.object({ ipProtocol: z.enum(['tcp', 'udp']), fromPort: Port, toPort: Port, ...Ranges }),
    // Other protocols have no ports; for ICMP, these fields are its type and code.
    z.object({ ipProtocol: z.string().check(z.regex(/^(?:-1|icmp|icmpv6|\d{1,3})$/)), ...Ranges }),
  ]),
);

/** The inbound rules of a security group as EC2 writes them. Null for other resources, and if they can't be read. */
function rulesIn(parts: ConfigItem['parts']): IpPermission[] | null {
  const rules = Rules.safeParse(parts?.get('ipPermissions'));
  if (!rules.success) return null;
  return rules.data.map((rule) => ({
    IpProtocol: rule.ipProtocol,
    ...('fromPort' in rule && typeof rule.fromPort === 'number' && { FromPort: rule.fromPort }),
    ...('toPort' in rule && typeof rule.toPort === 'number' && { ToPort: rule.toPort }),
    IpRanges: (rule.ipv4Ranges ?? []).map(({ cidrIp }) => ({ CidrIp: cidrIp })),
    Ipv6Ranges: (rule.ipv6Ranges ?? []).map(({ cidrIpv6 }) => ({ CidrIpv6: cidrIpv6 })),
  }));
}

function rulesBetween(
  before: readonly IpPermission[] | null,
  after: ConfigItem['parts'],
): Pick<ConfigChange, 'opened' | 'closed'> {
  const rules = rulesIn(after);
  if (!before || !rules) return { opened: [], closed: [] };
  const [was, is] = [openToAnyone(before), openToAnyone(rules)];
  return {
    opened: is.filter((one) => !was.includes(one)).slice(0, MAX_REACH),
    closed: was.filter((one) => !is.includes(one)).slice(0, MAX_REACH),
  };
}
