// Reads events from a file or a folder, as text that intake parses.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import * as z from 'zod/mini';
import { withCurrentTimes } from '../local/samples.ts';
import { Refused } from './refused.ts';

/** The body of one event, and its path below the folder that was named. */
export type EventFile = { name: string; body: string };

/** In a folder, files with other extensions are documentation. */
const EXTENSIONS: readonly string[] = ['.json', '.txt'];

/**
 * Sorted by name. A file that is named directly may have any extension. Throws Refused when there is nothing to read.
 */
export function readEvents(path: string, now = new Date()): EventFile[] {
  const found = filesOf(path).map((file) => ({
    name: relative(path, file) || file,
    body: eventOf(textOf(file), now),
  }));
  if (found.length === 0)
    throw new Refused(`there is no event in ${path}: expected files that end in .json or .txt`);
  return found;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Refused(`cannot read ${file}: ${error instanceof Error ? error.message : error}`);
  }
}

function filesOf(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new Refused(`there is no file or folder at ${path}`);
  if (!stat.isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const below = join(path, entry.name);
      if (entry.isDirectory()) return filesOf(below);
      return entry.isFile() && EXTENSIONS.includes(extname(entry.name)) ? [below] : [];
    });
}

const Sample = z.object({ story: z.string(), event: z.record(z.string(), z.unknown()) });

/** The event of a sample, with current times and without its title and story; any other text as it is. */
function eventOf(text: string, now: Date): string {
  try {
    const sample = Sample.safeParse(JSON.parse(text));
    if (!sample.success) return text;
    const { event } = sample.data;
    return withCurrentTimes(JSON.stringify(event), event, now);
  } catch {
    // Not JSON. Intake rejects the text and names the position of the error.
    return text;
  }
}
