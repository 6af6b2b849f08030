// Events from files: one file or a folder of them, as text, so that what is wrong with one is refused where all are read.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import * as z from 'zod';

/** One delivered body, and what to call it: the path below the folder that was asked for. */
export type EventFile = { name: string; body: string };

/** Thrown when there is nothing to read at a path; says what is wrong with it. */
export class NoEvents extends Error {
  override readonly name = 'NoEvents';
}

/** In a folder, other files are documentation, or tell where the events come from. */
const ENDINGS: readonly string[] = ['.json', '.txt'];

/** In the order of their names. A file that is named itself is read whatever its ending. */
export function readEvents(path: string): EventFile[] {
  const found = filesOf(path).map((file) => ({
    name: relative(path, file) || file,
    body: eventOf(readFileSync(file, 'utf8')),
  }));
  if (found.length === 0)
    throw new NoEvents(`there is no event in ${path}: expected files that end in .json or .txt`);
  return found;
}

function filesOf(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new NoEvents(`there is no file or folder at ${path}`);
  if (!stat.isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const below = join(path, entry.name);
      if (entry.isDirectory()) return filesOf(below);
      return entry.isFile() && ENDINGS.includes(extname(entry.name)) ? [below] : [];
    });
}

const Sample = z.object({ story: z.string(), event: z.record(z.string(), z.unknown()) });

/** A sample of ours keeps the event beside its story; of it, only the event is delivered. */
function eventOf(text: string): string {
  try {
    const sample = Sample.safeParse(JSON.parse(text));
    return sample.success ? JSON.stringify(sample.data.event) : text;
  } catch {
    // Not JSON: intake refuses it, and says where it stops being JSON.
    return text;
  }
}
