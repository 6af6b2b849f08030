// Measures every bundle without SDKs, and compares it with its record.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import '../../functions/domain/english.ts';
import { bundle, entries } from './bundle.ts';

export const RECORD = join(import.meta.dirname, 'bundle-sizes.json');

/** Bytes by function. */
const Sizes = z.record(z.string(), z.int().check(z.gte(0)));
export type Sizes = z.infer<typeof Sizes>;

export const recordedSizes = (): Sizes => Sizes.parse(JSON.parse(readFileSync(RECORD, 'utf8')));

export async function measuredSizes(): Promise<Sizes> {
  const folder = mkdtempSync(join(tmpdir(), 'countermand-bundles-'));
  try {
    const sizes: Sizes = {};
    for (const [name, path] of entries())
      sizes[name] = (await bundle(path, join(folder, `${name}.mjs`))).rest;
    return sizes;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Bytes that a bundle may grow before the check fails. Even a small dependency is larger. */
const SLACK = 1_024;

/** A line for each function that exceeds its record or has none. */
export const grown = (measured: Sizes, recorded: Sizes): string[] =>
  Object.entries(measured).flatMap(([name, bytes]) => {
    const limit = recorded[name];
    if (limit === undefined) return [`${name}: ${bytes} bytes, not recorded`];
    return bytes > limit + SLACK ? [`${name}: ${bytes} bytes, recorded ${limit}`] : [];
  });

/**
 * The new record: only the sizes of `raised` functions rise, new functions are added, removed functions are deleted.
 */
export const updated = (measured: Sizes, recorded: Sizes, raised: readonly string[] = []): Sizes =>
  Object.fromEntries(
    Object.entries(measured).map(([name, bytes]) => [
      name,
      raised.includes(name) ? bytes : Math.min(bytes, recorded[name] ?? bytes),
    ]),
  );
