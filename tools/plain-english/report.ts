// Adds the figures up and names every fault.
import type { Subjects } from './commits.ts';
import type { FileFigures } from './files.ts';
import { KINDS } from './text.ts';

/** Markers per 1,000 words: in all files together, and in any one file that is long enough. */
const MAX_RATE = 2;
const MAX_FILE_RATE = 6;
const SHORT_FILE_WORDS = 200;

/** Words and markers of some texts. `rate` is markers per 1,000 words. */
export interface Sum {
  readonly name: string;
  readonly words: number;
  readonly markers: number;
  readonly rate: number;
}

/** Everything that the check found. No faults means that all rules hold. */
export interface Report {
  readonly total: Sum;
  readonly folders: readonly Sum[];
  readonly kinds: readonly Sum[];
  readonly files: readonly (Sum & { readonly found: FileFigures['markers'] })[];
  readonly subjects: Subjects;
  readonly faults: readonly string[];
}

type FileKinds = readonly (typeof KINDS)[number][];

function sum(name: string, files: readonly FileFigures[], kinds: FileKinds = KINDS): Sum {
  const words = files.flatMap((file) => kinds.map((kind) => file.words[kind] ?? 0));
  const markers = files.flatMap((file) => file.markers.filter(({ kind }) => kinds.includes(kind)));
  const total = words.reduce((before, one) => before + one, 0);
  const rate = total === 0 ? 0 : (markers.length * 1000) / total;
  return { name, words: total, markers: markers.length, rate };
}

const tooMany = ({ name, rate }: Sum, allowed: number) =>
  `${name}: ${rate.toFixed(1)} markers per 1,000 words; ${allowed} are allowed`;

const folderOf = (path: string) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '.');

/** The report on some files and the commit subjects. */
export function reportOf(measured: readonly FileFigures[], subjects: Subjects): Report {
  const files = measured.map((file) => ({ ...sum(file.path, [file]), found: file.markers }));
  const total = sum('all files', measured);
  return {
    total,
    folders: [...Map.groupBy(measured, ({ path }) => folderOf(path))].map(([name, some]) =>
      sum(name, some),
    ),
    kinds: KINDS.map((kind) => sum(kind, measured, [kind])),
    files,
    subjects,
    faults: [
      ...(total.rate > MAX_RATE ? [tooMany(total, MAX_RATE)] : []),
      ...files
        .filter(({ words, rate }) => words > SHORT_FILE_WORDS && rate > MAX_FILE_RATE)
        .map((file) => tooMany(file, MAX_FILE_RATE)),
      ...measured.flatMap(({ path, faults }) => faults.map((fault) => `${path}: ${fault}`)),
      ...('long' in subjects
        ? subjects.long.map((line) => `commit ${line}: subject too long`)
        : []),
    ],
  };
}
