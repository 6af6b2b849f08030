// AWS Health: reads security risks and refuses all other events.
import { expect, test } from 'vitest';
import { normalise } from '../normalise.ts';
import { unwrap } from '../unwrap.ts';
import sample from './samples/exposed-key.json' with { type: 'json' };

const read = (event: object) => {
  const [finding] = unwrap(JSON.stringify(event));
  if (!finding || 'error' in finding) throw finding?.error ?? new Error('nothing was found');
  return normalise(finding);
};

test('reads an exposed key as an alert of high severity with the key as its target', () => {
  const alert = read(sample);
  expect(alert).toMatchObject({
    source: 'health',
    type: 'Health:AWS_RISK_CREDENTIALS_EXPOSED',
    severity: { label: 'high' },
    account: '111122223333',
    firstSeenAt: '2026-11-24T02:50:00.000Z',
    updatedAt: '2026-11-24T02:55:00.000Z',
  });
  expect(alert.entities).toContainEqual(
    expect.objectContaining({ kind: 'access-key', value: 'AKIAIOSFODNN7EXAMPLE', part: 'target' }),
  );
});

test('an abuse event is read like any other event of AWS Health', () => {
  expect(read({ ...sample, 'detail-type': 'AWS Health Abuse Event' }).source).toBe('health');
});

test('a user named by ARN becomes an IAM user', () => {
  const affectedEntities = [{ entityValue: 'arn:aws:iam::111122223333:user/ci/deploy' }];
  const alert = read({ ...sample, detail: { ...sample.detail, affectedEntities } });
  expect(alert.entities).toContainEqual(
    expect.objectContaining({ kind: 'iam-user', value: 'deploy' }),
  );
});

test('an operational event is refused with its code', () => {
  const detail = { ...sample.detail, eventTypeCode: 'AWS_EC2_OPERATIONAL_ISSUE' };
  expect(() => read({ ...sample, detail })).toThrow(
    '"AWS_EC2_OPERATIONAL_ISSUE" is an operational event, expected a security risk',
  );
});
