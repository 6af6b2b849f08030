// The team's topic: a subject that SNS takes, whatever stands in it.
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

test('the team reads all of it', async () => {
  const { channel, notices } = subscribers();
  await channel.send(toTeam());
  expect(notices[0]?.Message).toContain('Without an answer nothing is done.');
  expect(notices[0]?.Message).toContain('Affected: Whoever uses it.');
});

test('the subject is printable ASCII of fewer than 100 characters', async () => {
  const { channel, notices } = subscribers();
  await channel.send(toTeam({ subject: `Blöck\n${'x'.repeat(90)}\u202E` }));
  expect(notices[0]?.Subject).toMatch(/^[\x20-\x7e]{1,99}$/);
});

test('a text of any length stays below what SNS takes', async () => {
  const { channel, notices } = subscribers();
  await channel.send(toTeam({ paragraphs: ['語'.repeat(200_000)] }));
  expect(Buffer.byteLength(notices[0]?.Message ?? '')).toBeLessThan(256 * 1024);
});

test('people are not told on the topic', () => {
  const { channel } = subscribers();
  expect([channel.takes(messageWith()), channel.takes(toTeam())]).toEqual([false, true]);
});
