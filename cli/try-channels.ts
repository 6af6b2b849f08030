// npm run try-channels -- <account> <person, team or on-call>: a real message by every channel of an account's policy, or who
// is on call by its schedules, with the secrets that the shell's AWS credentials may read.
import { SESv2 } from '@aws-sdk/client-sesv2';
import { SNS } from '@aws-sdk/client-sns';
import { channelsOf } from '../functions/messaging/channels.ts';
import { textingFrom } from '../functions/messaging/deps.ts';
import type { Recipient } from '../functions/messaging/message.ts';
import { remoteClients } from '../functions/platform/http-clients.ts';
import { createOnCall } from '../functions/platform/on-call-schedule.ts';
import { loadPolicy, POLICIES, PolicyError } from '../functions/policy/load.ts';
import { peopleOf, slackMemberOf } from '../functions/policy/people.ts';
import type { Policy } from '../functions/policy/policy.ts';
import { tryChannels, tryOnCall } from './channel-trial.ts';

const USAGE = `usage: npm run try-channels -- <account> <id of a person, team, or on-call>
"on-call" reads the schedules of the ladder and sends nothing. E-mail is tried where MAIL_FROM is set, the topic where TEAM_TOPIC_ARN is.`;

function recipient({ escalation }: Policy, id: string): Recipient | null {
  if (id === 'team') return { kind: 'team' };
  const [person] = peopleOf(escalation, [id]);
  return person ? { kind: 'person', ...person } : null;
}

function report({ ok, lines }: { ok: boolean; lines: string[] }): number {
  for (const line of lines) console.log(line);
  return ok ? 0 : 1;
}

async function main(account = '', id = ''): Promise<number> {
  const policy = account && loadPolicy(POLICIES, account);
  if (policy && id === 'on-call') {
    const { escalation } = policy;
    return report(
      await tryOnCall(createOnCall(escalation.onCall ?? {}, remoteClients()), escalation),
    );
  }
  const to = policy && recipient(policy, id);
  if (!policy || !to) {
    const known = policy ? Object.keys(policy.escalation.people).join(', ') : '';
    console.error(
      id && policy ? `nobody has the id ${id}; known are team, on-call, ${known}` : USAGE,
    );
    return 2;
  }
  const { MAIL_FROM: mailFrom = '', TEAM_TOPIC_ARN: teamTopicArn = '' } = process.env;
  const texting = textingFrom(policy.channels);
  const aws = { ses: new SESv2({}), sns: new SNS({}), texting, mailFrom, teamTopicArn };
  const channels = channelsOf(policy.channels, { ...remoteClients(), ...aws })
    .filter(({ name }) => name !== 'e-mail' || mailFrom)
    .filter(({ name }) => name !== 'the SNS topic' || teamTopicArn);
  const buttons = slackMemberOf(policy, id) !== null;
  return report(await tryChannels(channels, to, new Date(), { buttons }));
}

const [account, id] = process.argv.slice(2);
process.exitCode = await main(account, id).catch((error: unknown) => {
  if (!(error instanceof PolicyError)) throw error;
  console.error(error.message);
  return 2;
});
