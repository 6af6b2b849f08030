// Reports marker words, headers, wide comments and commit subjects.
import { resolve } from 'node:path';
import type { Out, Outcome } from '../../cli/output.ts';
import { Refused } from '../../cli/refused.ts';
import { longSubjects } from './commits.ts';
import { measure } from './files.ts';
import { type Report, reportOf, type Sum } from './report.ts';

/** Faults that are printed when no file or folder is named. */
const SHOWN = 25;

const rowOf = ({ name, words, markers, rate }: Sum): string =>
  `${String(words).padStart(7)}  ${String(markers).padStart(7)}  ${rate.toFixed(1).padStart(9)}  ${name}`;

function* linesOf(report: Report, options: { files: boolean; listing: boolean }) {
  const { files, folders, kinds, total, subjects, faults } = report;
  if (options.listing)
    for (const { name, found } of files)
      for (const { line, kind, phrase, write } of found)
        yield `${name}:${line} (${kind}) "${phrase}": write ${write}`;
  yield `  words  markers  per 1,000  ${options.files ? 'file' : 'folder'}`;
  yield* (options.files ? files : folders).map(rowOf);
  yield '\n  words  markers  per 1,000  kind of text';
  yield* [...kinds, total].map(rowOf);
  if ('skipped' in subjects) yield `Commit subjects were not checked: ${subjects.skipped}.`;
  yield* options.listing ? faults : faults.slice(0, SHOWN);
  if (!options.listing && faults.length > SHOWN)
    yield `and ${faults.length - SHOWN} more; name a file or folder to see its faults`;
  yield faults.length === 0 ? 'All rules hold.' : `Rules broken: ${faults.length}.`;
}

/** Checks the files under these paths, or all. Throws Refused when there is nothing to read. */
export function checkLanguage(paths: readonly string[], byFile: boolean, out: Out): Outcome {
  const root = resolve(import.meta.dirname, '../..');
  const under = paths.map((path) => path.replace(/^\.\//, '').replace(/\/$/, ''));
  const files = under.length > 0 ? measure(root, under) : measure(root);
  if (files.length === 0) throw new Refused(`there is nothing to read under ${under.join(', ')}`);
  const report = reportOf(files, longSubjects(root));
  for (const line of linesOf(report, { files: byFile, listing: under.length > 0 })) out.line(line);
  const { words, markers } = report.total;
  return {
    exitCode: report.faults.length === 0 ? 0 : 1,
    results: report.files.map((file) => ({
      ...file,
      faults: report.faults.filter((fault) => fault.startsWith(`${file.name}: `)),
    })),
    counts: { files: files.length, words, markers, faults: report.faults.length },
  };
}
