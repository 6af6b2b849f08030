// All commands: what their help says, and which module does the work.
// Arguments are checked before that module is imported, so that a usage error is answered at once.
import type { Command } from 'commander';
import { requireAccount } from './accounts.ts';
import { command, finish, type Json, jsonOption } from './command.ts';
import { portFrom } from './port.ts';
import { requireRealNode } from './real-node.ts';
import { Refused } from './refused.ts';
import {
  checkStackOptions,
  type StackOptions,
  useRegion,
  withStackOptions,
} from './stack-options.ts';

const eventsIn = ({ length }: readonly unknown[]): string =>
  length === 1 ? '1 event' : `${length} events`;

const NOT_RUN = [2, 'the arguments or the set-up are wrong; nothing was done'] as const;

const start = () =>
  command({
    call: 'npm start --',
    purpose:
      'Runs everything on this machine at one URL until Ctrl-C. Keeps its data in .data, or where COUNTERMAND_DATA points. PORT changes the port.',
    examples: [
      ['', 'serves the console at http://127.0.0.1:8420'],
      ['--json', 'prints the URL as JSON when it is ready'],
    ],
    exitCodes: [[0, 'stopped by Ctrl-C'], NOT_RUN],
  })
    .addOption(jsonOption())
    .action((options: Json) =>
      finish('start', options, async (out) => {
        const port = portFrom(process.env);
        out.progress(
          'Starting Countermand: loads the policy, opens the data, tests actions on stand-ins (about 5 seconds) ...',
        );
        return (await import('./start.ts')).start(port, out);
      }),
    );

const replay = () =>
  command({
    call: 'npm run replay --',
    purpose:
      'Sends events through the whole flow in memory, and prints what was decided on each. Changes nothing.',
    examples: [
      ['local/samples', 'replays every sample'],
      ['--json alert.json', 'replays one event for another program'],
    ],
    exitCodes: [[0, 'every event was accepted'], [1, 'an event was refused'], NOT_RUN],
  })
    .argument('<path>', 'a file with one event, or a folder of .json and .txt files')
    .addOption(jsonOption())
    .action((path: string, options: Json) =>
      finish('replay', options, async (out) => {
        const events = (await import('./events.ts')).readEvents(path);
        out.progress(`Replaying ${eventsIn(events)} in memory ...`);
        return (await import('./replay.ts')).replay(events, out);
      }),
    );

const explain = () =>
  command({
    call: 'npm run explain --',
    purpose:
      'Shows every rule that decided on each recommendation for an event: its question, its inputs, its verdict. Changes nothing.',
    examples: [
      ['local/samples/mining.json', "explains a sample under the laptop's policy"],
      ['alert.json example', 'explains it under policies/accounts/example.yaml'],
    ],
    exitCodes: [[0, 'every event was accepted'], [1, 'an event was refused'], NOT_RUN],
  })
    .argument('<path>', 'a file with one event, or a folder of .json and .txt files')
    .argument('[account]', 'a file in policies/accounts, without .yaml', 'local')
    .addOption(jsonOption())
    .action((path: string, account: string, options: Json) =>
      finish('explain', options, async (out) => {
        requireAccount(account);
        const events = (await import('./events.ts')).readEvents(path);
        out.progress(`Explaining ${eventsIn(events)} in memory ...`);
        return (await import('./explain.ts')).explain(events, account, out);
      }),
    );

const audit = () =>
  withStackOptions(
    command({
      call: 'npm run audit --',
      purpose:
        'Compares every record with the copies that the archive made of each change, and names what differs. On this laptop, stop npm start first.',
      examples: [
        ['', 'audits .data, or the folder that COUNTERMAND_DATA names'],
        ['--account example --region eu-central-1', 'audits a deployed stack'],
      ],
      exitCodes: [[0, 'nothing differs'], [1, 'a record differs from its copies'], NOT_RUN],
    }),
  )
    .argument('[folder]', 'the data of npm start, instead of COUNTERMAND_DATA')
    .addOption(jsonOption())
    .action((folder: string | undefined, options: StackOptions & Json) =>
      finish('audit', options, async (out) => {
        checkStackOptions(options);
        if (folder && options.account) throw new Refused('name a folder or an --account, not both');
        if (options.account) requireRealNode('audit --account');
        out.progress('Loading the records and their copies ...');
        const { auditAccount, auditLaptop } = await import('./audit.ts');
        useRegion(options);
        return options.account
          ? auditAccount(options.account, options.prefix, out)
          : auditLaptop(folder ?? process.env.COUNTERMAND_DATA ?? '.data', out);
      }),
    );

const drill = () =>
  withStackOptions(
    command({
      call: 'npm run drill --',
      purpose:
        'Applies and undoes every mechanism on canary targets, and records the result. Without --account it uses stand-ins on this laptop.',
      examples: [
        ['', 'drills on stand-ins'],
        ['--account staging --region eu-central-1', 'drills in a staging account'],
        [
          '--account example --region eu-central-1 --results .data/drill/results-staging.json',
          'drills nothing: records the results of staging for a production account',
        ],
      ],
      exitCodes: [
        [0, 'every drill passed'],
        [1, 'a drill failed, or left something behind'],
        NOT_RUN,
        [130, 'stopped by Ctrl-C'],
      ],
    }),
  )
    .option('--results <json>', 'record these results of a staging account; drill nothing')
    .addOption(jsonOption())
    .action((options: StackOptions & Json & { results?: string }) =>
      finish('drill', options, async (out) => {
        checkStackOptions(options);
        if (options.results && !options.account) throw new Refused('--results needs --account');
        out.progress('Loading the mechanisms ...');
        return (await import('./drill/main.ts')).drillCommand(options, out);
      }),
    );

const tryChannels = () =>
  command({
    call: 'npm run try-channels --',
    purpose:
      "Sends a real, harmless message by every channel of an account's policy. Uses AWS credentials. Tries e-mail if MAIL_FROM is set, the SNS topic if TEAM_TOPIC_ARN is set.",
    examples: [
      ['example ana.silva', 'sends a test to one person'],
      ['example team', 'sends a test to the team'],
      ['example on-call', 'prints who is on call by the schedules; sends nothing'],
    ],
    exitCodes: [
      [0, 'every channel accepted the message'],
      [1, 'a channel failed, or none reaches the recipient'],
      NOT_RUN,
    ],
  })
    .argument('<account>', 'a file in policies/accounts, without .yaml')
    .argument('<recipient>', 'the ID of a person, "team" or "on-call"')
    .addOption(jsonOption())
    .action((account: string, recipient: string, options: Json) =>
      finish('try-channels', options, async (out) => {
        requireAccount(account);
        out.progress(`Loading the channels of ${account} ...`);
        return (await import('./try-channels.ts')).tryAll(account, recipient, out);
      }),
    );

const bench = () =>
  command({
    call: 'npm run bench --',
    purpose:
      'Prints figures: transitions and calls per alert, findings per second, bundle sizes, cold imports. Takes some minutes.',
    examples: [['', 'prints all figures']],
    exitCodes: [[0, 'the figures are printed'], NOT_RUN],
  }).action(async () => {
    console.error('Measuring; this takes some minutes ...');
    await import('../tools/bench/main.ts');
  });

const generate = () =>
  command({
    call: 'npm run generate --',
    purpose:
      'Writes every generated file: registries and entries of the mechanisms, their table in the docs, JSON Schemas of the policies.',
    examples: [['', 'writes the files']],
    exitCodes: [[0, 'the files are written'], NOT_RUN],
  }).action(async () => {
    await import('../tools/generate/main.ts');
  });

const check = () =>
  command({
    call: 'npm run check --',
    purpose:
      'Runs the formatter, linter, types, dead-code search, dependency rules, all tests and a CDK synth. With CI=true, anything skipped is a failure.',
    examples: [['', 'runs everything; takes about 5 minutes']],
    exitCodes: [[0, 'everything passed, or was skipped'], [1, 'something failed'], NOT_RUN],
  })
    .addOption(jsonOption())
    .action((options: Json) =>
      finish('check', options, async (out) =>
        (await import('../tools/check.ts')).check(options.json ?? false, out),
      ),
    );

/** By the name that follows `npm run`. Built on demand: a command is parsed once. */
export const COMMANDS: ReadonlyMap<string, () => Command> = new Map([
  ['start', start],
  ['check', check],
  ['replay', replay],
  ['explain', explain],
  ['audit', audit],
  ['drill', drill],
  ['try-channels', tryChannels],
  ['bench', bench],
  ['generate', generate],
]);
