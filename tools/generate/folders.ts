// Reads the folders of functions/mechanisms.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Refused } from '../../cli/refused.ts';
import { ActionName } from '../../functions/domain/action-catalog.ts';
import type { MechanismInfo } from '../../functions/mechanisms/mechanism.ts';
import type { Permissions } from '../../functions/mechanisms/permissions.ts';
import type { Canaries } from '../../functions/mechanisms/stand-in.ts';
import type { Written } from '../../functions/mechanisms/world.ts';
import type { ActionTemplates } from '../../functions/messaging/runbooks/template.ts';

/** The files that each folder of functions/mechanisms must have. */
export const PARTS = [
  'scope.ts',
  'permissions.ts',
  'aws.ts',
  'stand-in.ts',
  'canary.ts',
  'before-states.json',
] as const;

export type ScopeFolder = {
  scope: string;
  mechanisms: readonly MechanismInfo[];
  permissions: Permissions;
  canary: Canaries;
  /** Whether its functions need additional environment variables. */
  environment: boolean;
  /** Whether it has lists that the world check reads. */
  world: boolean;
  /** Whether it puts back what a deployment removed from its lists. */
  putBack: boolean;
  /** What its runbook.ts answers; empty without one. */
  runbooks: ActionTemplates;
};

/** The folders, in the order of the action catalog. Throws Refused when a folder lacks a part. */
export async function scopeFolders(root: string): Promise<ScopeFolder[]> {
  const base = join(root, 'functions', 'mechanisms');
  const folders = await Promise.all(foldersIn(base).map((name) => readFolder(base, name)));
  return folders.sort((a, b) => rankOf(a) - rankOf(b));
}

async function readFolder(base: string, scope: string): Promise<ScopeFolder> {
  const missing = PARTS.filter((part) => !existsSync(join(base, scope, part)));
  if (missing.length > 0)
    throw new Refused(`functions/mechanisms/${scope} lacks ${missing.join(', ')}`);
  if (!readdirSync(join(base, scope)).some((name) => name.endsWith('.test.ts')))
    throw new Refused(`functions/mechanisms/${scope} lacks a test`);
  const load = (part: string) => import(pathToFileURL(join(base, scope, part)).href);
  const { mechanisms }: { mechanisms: readonly MechanismInfo[] } = await load('scope.ts');
  const misplaced = mechanisms.find((one) => one.scope !== scope);
  if (misplaced)
    throw new Refused(
      `functions/mechanisms/${scope}: ${misplaced.id} says scope "${misplaced.scope}"`,
    );
  const stored: object = JSON.parse(readFileSync(join(base, scope, 'before-states.json'), 'utf8'));
  const unstored = mechanisms.find(({ id }) => !(id in stored));
  if (unstored)
    throw new Refused(
      `functions/mechanisms/${scope}/before-states.json has no entry for ${unstored.id}`,
    );
  const { permissions, environment }: { permissions: Permissions; environment?: unknown } =
    await load('permissions.ts');
  const { canary }: { canary: Canaries } = await load('canary.ts');
  const { runbooks }: { runbooks: ActionTemplates } = existsSync(join(base, scope, 'runbook.ts'))
    ? await load('runbook.ts')
    : { runbooks: {} };
  const world: { written?: Written } | null = existsSync(join(base, scope, 'world.ts'))
    ? await load('world.ts')
    : null;
  return {
    scope,
    mechanisms,
    permissions,
    canary,
    environment: environment !== undefined,
    world: world !== null,
    putBack: world?.written !== undefined,
    runbooks,
  };
}

const rankOf = ({ mechanisms }: ScopeFolder): number =>
  Math.min(...mechanisms.map(({ action }) => ActionName.options.indexOf(action)));

/** The folders of functions/sources. Throws Refused when one has no source.ts. */
export function sourceFolders(root: string): string[] {
  const base = join(root, 'functions', 'sources');
  const names = foldersIn(base);
  const without = names.find((name) => !existsSync(join(base, name, 'source.ts')));
  if (without) throw new Refused(`functions/sources/${without} lacks source.ts`);
  return names;
}

const foldersIn = (base: string): string[] =>
  readdirSync(base, { withFileTypes: true })
    .filter((one) => one.isDirectory())
    .map(({ name }) => name)
    .sort();
