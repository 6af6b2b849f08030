// AWS Health: parses security risks and rejects all other events.
import { expect, test } from 'vitest';
import { sample as copyOf, alertOf as read } from '../../../test/intake/events.ts';

const sample = copyOf('exposed-key');

test('returns a high-severity alert with the exposed key as its target', () => {
  const alert = read(sample);
  expect(alert).toMatchObject({
    source: 'health',
    type: 'Health:AWS_RISK_CREDENTIALS_EXPOSED',
    severity: { label: 'high' },
    account: '111122223333',
    firstSeenAt: '2026-11-24T02:50:00.000Z',
    updatedAt: '2026-11-24T02:55:00.000Z',
    notes: [],
  });
  expect(alert.entities).toContainEqual(
    expect.objectContaining({ kind: 'access-key', value: 'AKIAIOSFODNN7EXAMPLE', part: 'target' }),
  );
});

test('parses an abuse event like any other AWS Health event', () => {
  expect(read({ ...sample, 'detail-type': 'AWS Health Abuse Event' }).source).toBe('health');
});

test('returns an IAM user for a user ARN, and keeps the ARN for protection rules', () => {
  const arn = 'arn:aws:iam::111122223333:user/ci/deploy';
  const affectedEntities = [{ entityValue: arn }];
  const alert = read({ ...sample, detail: { ...sample.detail, affectedEntities } });
  expect(alert.entities).toContainEqual(
    expect.objectContaining({ kind: 'iam-user', value: 'deploy', attributes: { arn } }),
  );
});

test('rejects an operational event and names its code', () => {
  const detail = { ...sample.detail, eventTypeCode: 'AWS_EC2_OPERATIONAL_ISSUE' };
  expect(() => read({ ...sample, detail })).toThrow(
    '"AWS_EC2_OPERATIONAL_ISSUE" is an operational event, expected a security risk',
  );
});

const changed = (change: object) => read({ ...sample, detail: { ...sample.detail, ...change } });

test.each([
  ['AWS_RISK_CREDENTIALS_COMPROMISED', 'critical'],
  ['AWS_RISK_ACCOUNT_CONSOLE_COMPROMISE', 'critical'],
  ['AWS_RISK_IAM_QUARANTINE', 'high'],
  ['AWS_RISK_CREDENTIALS_COMPROMISE_SUSPECTED', 'high'],
  ['AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED', 'medium'],
  ['AWS_RISK_OF_NEXT_YEAR', 'high'],
])('maps %s to severity %s', (eventTypeCode, label) => {
  expect(changed({ eventTypeCode }).severity.label).toBe(label);
});

test('gives the copy in the backup Region the same identity', () => {
  const identity = ({ account, region, findingId, type }: ReturnType<typeof read>) =>
    [account, region, findingId, type].join();
  const copy = { ...sample, region: 'us-west-2' };
  expect(identity(read(copy))).toBe(identity(read(sample)));
});

test('uses the affected account when the event reaches the administrator of an organization', () => {
  expect(read({ ...sample, account: '444455556666' }).account).toBe('111122223333');
});

test('returns a separate alert for a further page of affected entities', () => {
  expect(changed({ page: '2' }).findingId).toBe(`${sample.detail.eventArn}#2`);
});

test('marks a closed event as archived', () => {
  expect(changed({ statusCode: 'closed' }).archived).toBe(true);
  expect(read(sample).archived).toBe(false);
});

test('omits an invalid time and adds a note', () => {
  const alert = changed({ startTime: 'foo 1' });
  expect(alert.firstSeenAt).toBe(null);
  expect(alert.notes).toEqual(['The first time is not a time: foo 1']);
});
