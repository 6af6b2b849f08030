// The commands for work on the project itself.

import type { Options as EvalOptions } from '../../tools/eval/main.ts';
import { command, finish, type Json } from '../command.ts';
import { Refused } from '../refused.ts';

export const check = () =>
  command({
    call: 'npm run check --',
    purpose:
      'Runs the linter, types, dead-code search, dependency rules, language rules, all tests and a CDK synth. Skips tests whose requirements are missing; with CI=true, a missing requirement is a failure.',
    examples: [['', 'runs everything (about 6 minutes on two cores)']],
    exitCodes: [
      [0, 'everything passed or was skipped'],
      [1, 'something failed'],
    ],
  }).action((options: Json) =>
    finish('check', options, async (out) =>
      (await import('../../tools/check.ts')).check(options.json ?? false, out),
    ),
  );

export const bench = () =>
  command({
    call: 'npm run bench --',
    purpose:
      'Measures npm start under 1,000 alerts (memory and pages), state transitions and calls per alert, throughput, response times of links, bundle sizes and import times. Takes some minutes.',
    examples: [['', 'prints all figures']],
    exitCodes: [[0, 'the figures were printed']],
  }).action((options: Json) =>
    finish('bench', options, async (out) => (await import('../../tools/bench/main.ts')).bench(out)),
  );

export const benchSizes = () =>
  command({
    call: 'npm run bench:sizes --',
    purpose:
      'Measures the bundle of every function and lowers the recorded sizes that npm run check enforces. Raises only those that --raise names.',
    examples: [
      ['', 'records smaller and new bundles'],
      ['--raise gate web', 'also accepts the new sizes of two bundles'],
    ],
    exitCodes: [
      [0, 'no bundle exceeds its record'],
      [1, 'a bundle exceeds its record'],
    ],
  })
    .option('--raise <function...>', 'functions whose larger bundles are accepted')
    .action((options: Json & { raise?: string[] }) =>
      finish('bench:sizes', options, async (out) =>
        (await import('../../tools/bench/record-sizes.ts')).recordSizes(options.raise ?? [], out),
      ),
    );

export const benchCounts = () =>
  command({
    call: 'npm run bench:counts --',
    purpose:
      'Processes events in memory, lets an hour pass without an answer, and counts messages, pages, questions, requests, tickets and model calls.',
    examples: [
      ['local/samples', 'counts for the samples, one a minute'],
      ['--every 0 findings', 'counts for a folder of findings that arrive at once'],
    ],
    exitCodes: [[0, 'the figures were printed']],
  })
    .argument('<path>', 'a file with one event, or a folder of .json and .txt files')
    .option('--every <minutes>', 'minutes between two events', '1')
    .action((path: string, options: Json & { every: string }) =>
      finish('bench:counts', options, async (out) => {
        const every = Number(options.every);
        if (!(every >= 0 && every <= 1_440))
          throw new Refused(`--every must be a number from 0 to 1440, and is "${options.every}"`);
        const events = (await import('../events.ts')).readEvents(path);
        out.progress('Processing the events in memory ...');
        return (await import('../../tools/bench/counts.ts')).counts(events, every, out);
      }),
    );

export const generate = () =>
  command({
    call: 'npm run generate --',
    purpose:
      'Brings every generated file up to date and prints those that changed: registries of mechanisms and sources, Lambda entries, the page of mechanisms, and JSON Schemas of the policies.',
    examples: [['', 'writes the files that are out of date']],
    exitCodes: [[0, 'every file is up to date']],
  }).action((options: Json) =>
    finish('generate', options, async (out) => {
      out.progress('Reading mechanisms, sources and policy schemas ...');
      return (await import('../../tools/generate/main.ts')).generate(out);
    }),
  );

export const language = () =>
  command({
    call: 'npm run language --',
    purpose:
      'Counts marker words in comments, docs, test titles and strings, and checks file headers and commit subjects. With a path, lists each marker and the words to write instead.',
    examples: [
      ['', 'prints the figures of each folder'],
      ['cli docs/install.md', 'lists the markers in these files'],
    ],
    exitCodes: [
      [0, 'all rules hold'],
      [1, 'a rule is broken'],
    ],
  })
    .argument('[path...]', 'files and folders; everything, if none is named')
    .option('--files', 'print the figures of each file')
    .action((paths: string[], options: Json & { files?: true }) =>
      finish('language', options, async (out) => {
        out.progress('Reading the texts ...');
        const { checkLanguage } = await import('../../tools/plain-english/main.ts');
        return checkLanguage(paths, options.files ?? false, out);
      }),
    );

export const dossier = () =>
  command({
    call: 'npm run dossier --',
    purpose:
      'Measures what the model would get about each finding in a folder, before any look-up: tokens, and which part of the text that an attacker may choose.',
    examples: [
      ['local/samples', 'prints the tokens of each sample'],
      ['--show local/samples/mining.json', 'also prints the dossier'],
      ['--paths paths.json findings', 'also measures the text at these paths of the finding'],
    ],
    exitCodes: [[0, 'the figures were printed']],
  })
    .argument('<path>', 'a file with one event, or a folder of .json files')
    .option(
      '--paths <file>',
      'JSON list of paths, such as "service.action.dnsRequestAction.domain"',
    )
    .option('--show', 'print each dossier')
    .action((path: string, options: Json & { paths?: string; show?: true }) =>
      finish('dossier', options, async (out) =>
        (await import('../../tools/dossier.ts')).measureDossiers(path, options, out),
      ),
    );

export const evaluation = () =>
  command({
    call: 'npm run eval --',
    purpose:
      'Evaluates the analysis and the decisions on the cases in cases/. Without a key: the playbook, recorded answers of a model, and three bounds (a silenced model, a panicking one, an outage). Answers of a model are recorded in evals/answers.',
    examples: [
      ['', 'prints the figures of everything that needs no key'],
      ['--against', 'compares with evals/baseline.json, as npm run check does'],
      ['--provider anthropic --html report.html', 'asks the model and writes a report'],
    ],
    exitCodes: [
      [0, 'the gate passes'],
      [1, 'something is worse, a recorded answer is stale, or a named provider measured nothing'],
    ],
  })
    .option(
      '--provider <name...>',
      'playbook, recorded, suppress, everything, asks, outage, anthropic or bedrock',
    )
    .option('--cases <folder>', 'other cases of the same format')
    .option('--family <name>', 'only cases of this family')
    .option('--answers <folder>', 'where recorded answers are, and are written')
    .option('--html <file>', 'write a report')
    .option('--against [file]', 'compare with a baseline; fails if something is worse')
    .option('--baseline [file]', 'write the results as the new baseline')
    .action((options: Json & EvalOptions) =>
      finish('eval', options, async (out) =>
        (await import('../../tools/eval/main.ts')).evaluate(options, out),
      ),
    );
