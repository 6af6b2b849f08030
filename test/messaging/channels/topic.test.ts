// The team's SNS topic: any text within the limits of SNS.
import { expect, test } from 'vitest';
import { type TopicClients, topic } from '../../../functions/messaging/channels/topic.ts';
import { messageWith, toTeam } from './message.ts';

function subscribers() {
  const notices: Parameters<TopicClients['sns']['publish']>[0][] = [];
  const publish = async (notice: (typeof notices)[number]) => {
    notices.push(notice);
    return { $metadata: {} };
  };
  const teamTopicArn = 'arn:aws:sns:eu-central-1:111122223333:team';
  return { channel: topic({ sns: { publish } as TopicClients['sns'], teamTopicArn }), notices };
}

test('publishes the full message to the team', async () => {
  const { channel, notices } = subscribers();
  await channel.send(toTeam());
  expect(notices[0]?.Message).toContain('Without an answer nothing is done.');
  expect(notices[0]?.Message).toContain('Affected: Whoever uses it.');
});

test('writes the subject in printable ASCII of fewer than 100 characters', async () => {
  const { channel, notices } = subscribers();
  await channel.send(toTeam({ subject: `Blöck\n${'x'.repeat(90)}\u202E` }));
  expect(notices[0]?.Subject).toMatch(/^[\x20-\x7e]{1,99}$/);
});

test('keeps a text of any length below the limit of SNS', async () => {
  const { channel, notices } = subscribers();
  await channel.send(toTeam({ paragraphs: ['語'.repeat(200_000)] }));
  expect(Buffer.byteLength(notices[0]?.Message ?? '')).toBeLessThan(256 * 1024);
});

test('takes no message to a person', () => {
  const { channel } = subscribers();
  expect([channel.accepts(messageWith()), channel.accepts(toTeam())]).toEqual([false, true]);
});
