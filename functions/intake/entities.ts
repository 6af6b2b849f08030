// Collects what an alert names: one entity per thing, with every place where it was found.
import ipaddr from 'ipaddr.js';
import type { Entity, EntityKind } from '../domain/alert.ts';

const PREFIX: Readonly<Record<EntityKind, string>> = {
  ip: 'ip',
  'access-key': 'key',
  'iam-user': 'user',
  'iam-role': 'role',
  'cognito-user': 'cognito-user',
  'api-key': 'api-key',
  instance: 'instance',
  'network-interface': 'eni',
  function: 'function',
  bucket: 'bucket',
  database: 'database',
  cluster: 'cluster',
  workload: 'workload',
  domain: 'domain',
  'email-message': 'email',
  resource: 'resource',
  alert: 'alert',
};

const MAX_ENTITIES = 99;
const MAX_PLACES = 20;
const MAX_VALUE = 2048;

type Named = {
  kind: EntityKind;
  value: string | null | undefined;
  part: Entity['part'];
  path: string;
  attributes?: Readonly<Record<string, string | number | null | undefined>>;
};

export type Collector = ReturnType<typeof createCollector>;

/** References are numbered in the order of finding, which is the order of the event: same event, same references. */
export function createCollector() {
  const found = new Map<string, Entity>();
  const counts = new Map<string, number>();
  let left = 0;

  function add({ kind, value: raw, part, path, attributes = {} }: Named): void {
    const value = raw?.trim().slice(0, MAX_VALUE);
    if (!value) return;
    const normal = kind === 'ip' ? normalAddress(value) : value;
    const key = `${kind} ${normal}`;
    const known = found.get(key);
    if (known) {
      // Who attacked stays the attacker, however often else it is mentioned.
      if (part === 'actor') known.part = 'actor';
      if (!known.foundAt.includes(path) && known.foundAt.length < MAX_PLACES)
        known.foundAt.push(path);
      Object.assign(known.attributes, texts(attributes), known.attributes);
      return;
    }
    // The alert itself always has a place: tickets are about it.
    if (found.size >= MAX_ENTITIES && kind !== 'alert') {
      left++;
      return;
    }
    const prefix = PREFIX[kind];
    const number = (counts.get(prefix) ?? 0) + 1;
    counts.set(prefix, number);
    found.set(key, {
      ref: `${prefix}-${number}`,
      kind,
      value: normal,
      part,
      foundAt: [path],
      attributes: texts(attributes),
    });
  }

  return {
    add,
    entities: (): Entity[] => [...found.values()],
    notes: (): string[] =>
      left > 0
        ? [`${left} further entities are not listed: an alert holds ${MAX_ENTITIES + 1}`]
        : [],
  };
}

/** One spelling per address, so that the same one is the same entity. What is no address stays as it came. */
export function normalAddress(value: string): string {
  const [text = '', prefix] = value.split('/');
  if (
    !ipaddr.isValid(text) ||
    (ipaddr.IPv4.isValid(text) && !ipaddr.IPv4.isValidFourPartDecimal(text))
  )
    return value;
  const address = ipaddr.process(text).toString();
  return prefix === undefined ? address : `${address}/${prefix}`;
}

const texts = (attributes: NonNullable<Named['attributes']>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([name, value]) => [name.slice(0, 64), String(value).slice(0, 1024)]),
  );
