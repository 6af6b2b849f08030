// Commands for a stack: audit, drill, sign-effects, switch and try-channels.
import { requireAccount } from '../accounts.ts';
import { command, finish, type Json } from '../command.ts';
import { requireData } from '../laptop-data.ts';
import { requireRealNode } from '../real-node.ts';
import { Refused } from '../refused.ts';
import {
  checkStackOptions,
  type StackOptions,
  useRegion,
  withStackOptions,
} from '../stack-options.ts';

export const audit = () =>
  withStackOptions(
    command({
      call: 'npm run audit --',
      purpose:
        'Compares every record with the copies of its changes in the archive. On this machine, stop npm start first.',
      examples: [
        ['', 'audits .data, or the folder that COUNTERMAND_DATA names'],
        ['--account example --region eu-central-1', 'audits a deployed stack'],
      ],
      exitCodes: [
        [0, 'nothing differs'],
        [1, 'a record differs from its copies'],
      ],
    }),
  )
    .argument('[folder]', 'the data of npm start, instead of COUNTERMAND_DATA')
    .option(
      '--export <file>',
      'writes the history entries of all records to a new file, one JSON line each',
    )
    .action((folder: string | undefined, options: StackOptions & Json & { export?: string }) =>
      finish('audit', options, async (out) => {
        checkStackOptions(options);
        if (folder && options.account) throw new Refused('name a folder or an --account, not both');
        const data = folder ?? process.env.COUNTERMAND_DATA ?? '.data';
        if (options.account) requireRealNode('audit --account');
        else requireData(data);
        out.progress('Loading the records and their copies ...');
        const { auditAccount, auditLaptop } = await import('../audit.ts');
        useRegion(options);
        return options.account
          ? auditAccount(options.account, { ...options, exportFile: options.export }, out)
          : auditLaptop(data, { exportFile: options.export }, out);
      }),
    );

export const drill = () =>
  withStackOptions(
    command({
      call: 'npm run drill --',
      purpose:
        'Applies and undoes every mechanism on canary targets, and records the results. Without --account it uses stand-ins on this machine.',
      examples: [
        ['', 'drills on stand-ins'],
        ['--account staging --region eu-central-1', 'drills in a staging account'],
        [
          '--account example --region eu-central-1 --results .data/drill/results-staging.json',
          'records the results of staging for a production account, without a drill',
        ],
      ],
      exitCodes: [
        [0, 'every drill passed'],
        [1, 'a drill failed, or its effect could not be undone'],
        [130, 'stopped by Ctrl-C'],
      ],
    }),
  )
    .option('--results <file>', 'record the results of a staging account, without a drill')
    .action((options: StackOptions & Json & { results?: string }) =>
      finish('drill', options, async (out) => {
        checkStackOptions(options);
        if (options.results && !options.account) throw new Refused('--results needs --account');
        out.progress('Loading the mechanisms ...');
        return (await import('../drill/main.ts')).drillCommand(options, out);
      }),
    );

export const signEffects = () =>
  withStackOptions(
    command({
      call: 'npm run sign-effects --',
      purpose:
        'Lists the changes in force that an earlier version left without proof, and signs those that you compared with AWS. Without a signature, only a person can undo them. On this machine, stop npm start first.',
      examples: [
        ['', 'lists them in .data, or in the folder that COUNTERMAND_DATA names'],
        ['--account example --region eu-central-1', 'lists them in a deployed stack'],
        [
          '--account example --region eu-central-1 --by ana.silva --sign act-0123456789abcdef-1',
          'signs one of them',
        ],
      ],
      exitCodes: [
        [0, 'no change is without proof'],
        [1, 'a change is still without proof'],
      ],
    }),
  )
    .option('--sign <action...>', 'IDs of the actions to sign')
    .option('--by <person>', 'the person of the policy who compared them with AWS')
    .action((options: StackOptions & Json & { sign?: string[]; by?: string }) =>
      finish('sign-effects', options, async (out) => {
        checkStackOptions(options);
        if (options.sign && !options.by) throw new Refused('--sign needs --by');
        if (options.by && !options.sign) throw new Refused('--by needs --sign');
        const data = process.env.COUNTERMAND_DATA ?? '.data';
        if (options.account) requireRealNode('sign-effects --account');
        else requireData(data);
        out.progress('Loading the records ...');
        const work = await import('../sign-effects.ts');
        useRegion(options);
        return work.signEffects(data, options, out);
      }),
    );

export const killSwitch = () =>
  withStackOptions(
    command({
      call: 'npm run switch --',
      purpose:
        'Shows the kill switch, and halts or resumes an account. Undoing continues in every mode. On this machine, stop npm start first.',
      examples: [
        ['', 'shows the kill switch in .data, or in the folder that COUNTERMAND_DATA names'],
        [
          'halt --by ana.silva --why "attack on us" --account example --region eu-central-1',
          'halts: no further action is applied',
        ],
        [
          'run --by mei.tanaka --why "fixed" --seen 1f2e3d4c --account example --region eu-central-1',
          'resumes: ends the listed entries, which the code identifies',
        ],
      ],
      exitCodes: [[0, 'the mode was shown or set']],
    }),
  )
    .argument('[mode]', 'halt, ask (every action needs approval) or run')
    .option('--by <person>', 'your ID in the policy')
    .option('--why <text>', 'the reason, which the audit shows')
    .option('--seen <code>', 'to resume: the code below the list that you read')
    .action((given: string | undefined, options: StackOptions & Json & Moved) =>
      finish('switch', options, async (out) => {
        checkStackOptions(options);
        const mode = modeOf(given, options);
        const data = process.env.COUNTERMAND_DATA ?? '.data';
        if (options.account) requireRealNode('switch --account');
        else requireData(data);
        out.progress('Loading the kill switch ...');
        const work = await import('../switch.ts');
        useRegion(options);
        return work.setSwitch(data, { ...options, ...(mode && { mode }) }, out);
      }),
    );

type Moved = { by?: string; why?: string; seen?: string };
const MODES = ['run', 'ask', 'halt'] as const;

/** Throws Refused for an unknown mode, and for a mode without a person or a reason. */
function modeOf(given: string | undefined, { by, why }: Moved): (typeof MODES)[number] | undefined {
  if (given === undefined) return undefined;
  const mode = MODES.find((one) => one === given);
  if (!mode) throw new Refused(`expected ${MODES.join(', ')} instead of "${given}"`);
  if (!by) throw new Refused(`${mode} needs --by`);
  if (!why) throw new Refused(`${mode} needs --why`);
  return mode;
}

export const tryChannels = () =>
  command({
    call: 'npm run try-channels --',
    purpose:
      "Sends a real, harmless message through every channel of an account's policy. Uses AWS credentials. Includes email if MAIL_FROM is set, and the SNS topic if TEAM_TOPIC_ARN is set.",
    examples: [
      ['example ana.silva', 'sends a test to one person'],
      ['example team', 'sends a test to the team'],
      ['example on-call', 'prints who is on call, and sends nothing'],
    ],
    exitCodes: [
      [0, 'every channel accepted the message'],
      [1, 'a channel failed, or none reaches the recipient'],
    ],
  })
    .argument('<account>', 'a file in policies/accounts, without .yaml')
    .argument('<recipient>', 'the ID of a person, "team" or "on-call"')
    .action((account: string, recipient: string, options: Json) =>
      finish('try-channels', options, async (out) => {
        requireAccount(account);
        out.progress(`Loading the channels of ${account} ...`);
        return (await import('../try-channels.ts')).tryAll(account, recipient, out);
      }),
    );
