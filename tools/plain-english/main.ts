// npm run language: reports marker words, file headers and commit subjects.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { longSubjects } from './commits.ts';
import { measure } from './files.ts';
import { type Report, reportOf, type Sum } from './report.ts';

/** Faults shown when no file or folder is named. */
const SHOWN = 25;

const USAGE = `Usage: npm run language -- [options] [file or folder ...]

Counts marker words in comments, docs, test titles and strings. Without a file or folder it prints
figures per top-level folder; with one, each marker in it and the words to write instead.

  --files   print the figures of each file
  --json    print everything as JSON
  --help    print this text

Exit codes: 0 all rules hold, 1 a rule is broken, 2 the arguments are wrong.`;

function printTable(rows: readonly Sum[]): void {
  for (const { name, words, markers, rate } of rows)
    console.log(
      `${String(words).padStart(7)}  ${String(markers).padStart(7)}  ${rate.toFixed(1).padStart(9)}  ${name}`,
    );
}

function print(report: Report, options: { files: boolean; listing: boolean }): void {
  const { files, folders, kinds, total, subjects, faults } = report;
  if (options.listing)
    for (const { name, found } of files)
      for (const { line, kind, phrase, write } of found)
        console.log(`${name}:${line} (${kind}) "${phrase}": write ${write}`);
  console.log('  words  markers  per 1,000');
  printTable([...(options.files ? files : folders), ...kinds, total]);
  if ('skipped' in subjects) console.log(`Commit subjects were not checked: ${subjects.skipped}.`);
  for (const fault of options.listing ? faults : faults.slice(0, SHOWN)) console.error(fault);
  if (!options.listing && faults.length > SHOWN)
    console.error(`and ${faults.length - SHOWN} more; name a file or folder to see its faults`);
  console.log(faults.length === 0 ? 'All rules hold.' : `Rules broken: ${faults.length}.`);
}

/** Reads the arguments; prints the usage and returns undefined when they are wrong. */
function argumentsOf(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        files: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = 2;
    return undefined;
  }
}

const given = argumentsOf(process.argv.slice(2));
if (given?.values.help) console.log(USAGE);
else if (given) {
  const { values, positionals } = given;
  const root = resolve(import.meta.dirname, '../..');
  const under = positionals.map((path) => path.replace(/^\.\//, '').replace(/\/$/, ''));
  const files = measure(root).filter(
    ({ path }) =>
      under.length === 0 || under.some((one) => path === one || path.startsWith(`${one}/`)),
  );
  if (files.length === 0) {
    console.error(`Nothing to read under ${under.join(', ')}.`);
    process.exitCode = 2;
  } else {
    const report = reportOf(files, longSubjects(root));
    if (values.json) console.log(JSON.stringify(report, null, 2));
    else print(report, { files: values.files, listing: under.length > 0 });
    process.exitCode = report.faults.length === 0 ? 0 : 1;
  }
}
