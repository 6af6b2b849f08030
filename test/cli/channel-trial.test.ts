// The test of real channels and on-call schedules.
import { expect, test } from 'vitest';
import { tryChannels, tryOnCall } from '../../cli/channel-trial.ts';
import { Denied } from '../../functions/domain/errors.ts';
import type { Channel } from '../../functions/messaging/channels/channel.ts';
import { Message } from '../../functions/messaging/message.ts';
import type { OnCall } from '../../functions/platform/on-call-schedule.ts';
import { NOW, POLICY } from '../fixtures/case.ts';

const sent: Message[] = [];
const channel = (name: string, change: Partial<Channel> = {}): Channel => ({
  name,
  isPrivate: false,
  accepts: () => true,
  send: async (message) => void sent.push(Message.parse(message)),
  ...change,
});
const refused = channel('Slack', { send: () => Promise.reject(new Denied('invalid_auth')) });

test('sends a message and its withdrawal through each channel, and reports each result', async () => {
  const lines: string[] = [];
  const say = (line: string) => lines.push(line);
  const channels = [channel('PagerDuty'), refused];
  const { ok, results } = await tryChannels(channels, { kind: 'team' }, NOW, { say });
  expect([ok, lines]).toEqual([false, ['PagerDuty: accepted', 'Slack: Denied: invalid_auth']]);
  expect(results).toEqual([
    { name: 'PagerDuty', ok: true, text: 'accepted' },
    { name: 'Slack', ok: false, text: 'Denied: invalid_auth' },
  ]);
  expect(sent.map(({ urgency }) => urgency)).toEqual(['page', 'inform']);
  expect(sent[1]?.ends).toEqual([sent[0]?.key]);
});

test('puts an unsigned token into the buttons of the test message', async () => {
  sent.length = 0;
  await tryChannels([channel('Slack')], { kind: 'team' }, NOW, { buttons: true });
  expect(sent[0]?.answerToken).toBe('trial');
});

test('fails when no channel reaches the recipient', async () => {
  const none = channel('Teams', { accepts: () => false });
  expect((await tryChannels([none], { kind: 'team' }, NOW)).ok).toBe(false);
});

test('prints who is on call at each escalation step, and each fault of a schedule', async () => {
  const escalation = {
    ...POLICY.escalation,
    ladder: [
      { atMinutes: 0, ask: [{ pagerDuty: 'PI7DH85' }] },
      { atMinutes: 5, ask: ['ben.okafor', { opsgenie: 'Nights' }] },
    ],
  };
  const lines: string[] = [];
  const onCall: OnCall = async (schedule) => {
    if ('opsgenie' in schedule) throw new Denied('no key');
    return [{ id: null, email: 'ana.silva@example.com' }];
  };
  const { ok } = await tryOnCall(onCall, escalation, (line) => lines.push(line));
  expect(ok).toBe(false);
  expect(lines).toEqual([
    'after 0 min: ana.silva',
    'after 5 min: ben.okafor',
    'Escalation step 2: the schedule Opsgenie Nights could not be read: Denied',
  ]);
});
