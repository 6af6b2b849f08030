// Sends a real, harmless message by every channel of an account's policy.
import { SESv2 } from '@aws-sdk/client-sesv2';
import { SNS } from '@aws-sdk/client-sns';
import { channelsOf } from '../functions/messaging/channels.ts';
import { textingFrom } from '../functions/messaging/deps.ts';
import type { Recipient } from '../functions/messaging/message.ts';
import { remoteClients } from '../functions/platform/http-clients.ts';
import { createOnCall } from '../functions/platform/on-call-schedule.ts';
import { loadPolicy, POLICIES } from '../functions/policy/load.ts';
import { peopleOf, slackMemberOf } from '../functions/policy/people.ts';
import type { Policy } from '../functions/policy/policy.ts';
import { type Trial, tryChannels, tryOnCall } from './channel-trial.ts';
import type { Out, Outcome } from './output.ts';
import { requireRealNode } from './real-node.ts';
import { Refused } from './refused.ts';

function recipient({ escalation }: Policy, id: string): Recipient | null {
  if (id === 'team') return { kind: 'team' };
  const [person] = peopleOf(escalation, [id]);
  return person ? { kind: 'person', ...person } : null;
}

function outcomeOf(trial: Trial): Outcome {
  const accepted = trial.results.filter(({ ok }) => ok).length;
  return {
    exitCode: trial.ok ? 0 : 1,
    results: trial.results,
    counts: { accepted, failed: trial.results.length - accepted },
  };
}

export async function tryAll(account: string, id: string, out: Out): Promise<Outcome> {
  const policy = loadPolicy(POLICIES, account);
  const { escalation } = policy;
  const to = id === 'on-call' ? null : recipient(policy, id);
  if (id !== 'on-call' && !to)
    throw new Refused(
      `unknown recipient "${id}"; known recipients: team, on-call, ${Object.keys(escalation.people).join(', ')}`,
    );
  requireRealNode('try-channels');
  if (!to) {
    out.progress('Reading the on-call schedules ...');
    const onCall = createOnCall(escalation.onCall ?? {}, remoteClients());
    return outcomeOf(await tryOnCall(onCall, escalation, out.line));
  }
  const { MAIL_FROM: mailFrom = '', TEAM_TOPIC_ARN: teamTopicArn = '' } = process.env;
  const texting = textingFrom(policy.channels);
  const aws = { ses: new SESv2({}), sns: new SNS({}), texting, mailFrom, teamTopicArn };
  const channels = channelsOf(policy.channels, { ...remoteClients(), ...aws })
    .filter(({ name }) => name !== 'email' || mailFrom)
    .filter(({ name }) => name !== 'the SNS topic' || teamTopicArn);
  const buttons = slackMemberOf(policy, id) !== null;
  out.progress('Sending a test and its withdrawal by each channel ...');
  return outcomeOf(await tryChannels(channels, to, new Date(), { buttons, say: out.line }));
}
