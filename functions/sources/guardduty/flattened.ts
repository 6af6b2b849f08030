// Rebuilds GuardDuty's service block from the flat fields of Security Hub.
import type * as z from 'zod/mini';
import type { At } from './casing.ts';
import { member } from './casing.ts';
import { Service } from './service.ts';

/** Old findings lack the prefix. */
const FIELD =
  /^(?:aws\/guardduty\/service\/)?((?:action|resourceRole|additionalInfo|archived|count|detection|evidence|runtimeDetails|eventFirstSeen|eventLastSeen|malwareScanDetails|ebsVolumeScanDetails)(?:[/.].*)?)$/;
/** GuardDuty lists at most 100 details. */
const MAX_INDEX = 100;

type Tree = { [step: string]: unknown };

/**
 * The block, and the paths of its fields in the event. `fields` has names such as
 * `aws/guardduty/service/action/portProbeAction/portProbeDetails.0_/localPortDetails/port`.
 */
export function serviceIn(
  fields: Readonly<Record<string, unknown>> | null | undefined,
  path: string,
): { service: z.infer<typeof Service>; block: unknown; at: At } {
  const { tree, names } = treeOf(fields, (name) => FIELD.exec(name)?.[1]);
  const at: At = (...steps) => `${path}${member(names.get(steps.join('/')) ?? steps.join('/'))}`;
  return { service: Service.parse(tree), block: tree, at };
}

/** GuardDuty's resource block, from the details that ASFF has no place for: `kubernetesDetails/...`. */
export const resourceIn = (fields: Readonly<Record<string, unknown>> | null | undefined): unknown =>
  treeOf(fields, (name) => (/^\w+Details[/.]/.test(name) ? name : undefined)).tree;

function treeOf(
  fields: Readonly<Record<string, unknown>> | null | undefined,
  pathIn: (name: string) => string | undefined,
): { tree: unknown; names: ReadonlyMap<string, string> } {
  const tree = emptyTree();
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(fields ?? {})) {
    const steps = pathIn(name)?.split(/[/.]/).map(asStep);
    if (!steps || typeof value !== 'string') continue;
    names.set(steps.join('/'), name);
    plant(tree, steps, value);
  }
  return { tree: withLists(tree), names };
}

/** No prototype, so that a field may have any name. */
const emptyTree = (): Tree => Object.create(null) as Tree;

/** `0_` is the first member of a list. */
const asStep = (step: string): string => step.replace(/^(\d+)_$/, '$1');

function plant(tree: Tree, steps: readonly string[], value: string): void {
  const [step = '', ...rest] = steps;
  if (rest.length === 0) {
    // Old findings give additionalInfo as one text.
    tree[step] ??= step === 'additionalInfo' ? { value } : value;
    return;
  }
  const branch = tree[step] ?? emptyTree();
  if (typeof branch !== 'object') return;
  tree[step] = branch;
  plant(branch as Tree, rest, value);
}

/** Branches whose steps are all numbers become lists. */
function withLists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([step, inner]) => [step, withLists(inner)] as const);
  if (entries.length === 0 || entries.some(([step]) => !(Number(step) < MAX_INDEX)))
    return Object.fromEntries(entries);
  const members: unknown[] = [];
  for (const [step, inner] of entries) members[Number(step)] = inner;
  return Array.from(members, (one) => one ?? null);
}
