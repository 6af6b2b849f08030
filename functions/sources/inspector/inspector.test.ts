// Inspector: a vulnerability opens a ticket and never pages.
import { expect, test } from 'vitest';
import { sample as copyOf, alertOf as read } from '../../../test/intake/events.ts';
import { judge } from '../../playbook/playbook.ts';

const sample = copyOf('package-vulnerability');

test('keeps the severity, the vulnerability and the instance of a finding', () => {
  const alert = read(sample);
  expect(alert).toMatchObject({
    source: 'inspector',
    type: 'Inspector:PACKAGE_VULNERABILITY',
    severity: { label: 'critical' },
    archived: false,
    firstSeenAt: '2026-11-24T02:00:00.000Z',
    lastSeenAt: '2026-11-24T02:30:00.000Z',
    updatedAt: '2026-11-24T02:30:00.000Z',
    notes: [],
  });
  expect(alert.entities).toContainEqual(
    expect.objectContaining({ kind: 'instance', value: 'i-0abcdef0123456789', part: 'target' }),
  );
  expect(alert.entities.find(({ kind }) => kind === 'alert')?.attributes).toMatchObject({
    vulnerabilityId: 'CVE-2026-0001',
  });
});

test('recommends only a ticket for a critical vulnerability', () => {
  const { recommendations } = judge({ alert: read(sample) } as unknown as Parameters<
    typeof judge
  >[0]);
  expect(recommendations.map(({ action }) => action)).toEqual(['create_alert_ticket']);
});

test('returns the name of a function, and keeps its ARN for protection rules', () => {
  const id = 'arn:aws:lambda:eu-central-1:111122223333:function:resize:3';
  const resources = [{ id, type: 'AWS_LAMBDA_FUNCTION', region: 'eu-central-1' }];
  const alert = read({ ...sample, detail: { ...sample.detail, resources } });
  expect(alert.entities).toContainEqual(
    expect.objectContaining({
      kind: 'function',
      value: 'resize',
      attributes: { arn: id, resourceType: 'AWS_LAMBDA_FUNCTION', version: '3' },
    }),
  );
});

test('marks a closed finding as archived', () => {
  expect(read({ ...sample, detail: { ...sample.detail, status: 'CLOSED' } }).archived).toBe(true);
});
