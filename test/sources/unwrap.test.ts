// Unwrapping bodies: envelopes, batches, and rejections with a reason.
import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../functions/domain/errors.ts';
import { rewrapped, unwrap } from '../../functions/sources/unwrap.ts';
import { findingsIn, sample } from '../intake/events.ts';

const event = () => sample('web-port-probe');
const finding = () => event().detail;
const rejection = (body: unknown): string => {
  try {
    unwrap(typeof body === 'string' ? body : JSON.stringify(body));
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInput);
    return (error as Error).message;
  }
  throw new Error('it was not rejected');
};
const text = (value: unknown) => JSON.stringify(value);

describe('the finding in a body', () => {
  test.each([
    ['a bare finding', finding(), '$'],
    ['an EventBridge event', event(), '$.detail'],
    ['a response of the API', { Findings: [finding()] }, '$.Findings[0]'],
    ['a list of events', [event()], '$[0].detail'],
    [
      'an SNS event for a function',
      { Records: [{ Sns: { Message: text(event()) } }] },
      '$.Records[0].Sns.Message.detail',
    ],
    [
      'an SNS message on a queue',
      { Type: 'Notification', TopicArn: 'arn:aws:sns:eu-central-1:1:t', Message: text(event()) },
      '$.Message.detail',
    ],
    [
      'an SNS message in a queue record',
      {
        Records: [{ messageId: 'm', body: text({ Type: 'Notification', Message: text(event()) }) }],
      },
      '$.Records[0].body.Message.detail',
    ],
  ])('finds the finding in %s', (_name, body, path) => {
    expect(findingsIn(body)).toMatchObject([{ product: 'guardduty', path, body: finding() }]);
  });

  test('finds every finding of a body with lists under two names', () => {
    const found = findingsIn({ findings: [finding()], Findings: [finding()], Records: [event()] });
    expect(found.map(({ path }) => path)).toEqual([
      '$.Findings[0]',
      '$.findings[0]',
      '$.Records[0].detail',
    ]);
  });

  test('reads the account, region and time of the envelope', () => {
    expect(findingsIn(event())[0]?.envelope).toEqual({
      source: 'aws.guardduty',
      type: 'GuardDuty Finding',
      account: '111122223333',
      region: 'eu-central-1',
      time: '2026-11-24T03:00:00Z',
    });
  });

  test('identifies each product by fields that it always writes', () => {
    const product = (id: string) => findingsIn(sample(id))[0]?.product;
    expect([product('security-hub-asff'), product('security-hub-ocsf')]).toEqual([
      'security-hub-asff',
      'security-hub-ocsf',
    ]);
    expect(findingsIn({ 'detail-type': 'Countermand Alert', detail: {} })[0]?.product).toBe(
      'generic',
    );
  });
});

test.each([
  ['a body', (event: object) => `\uFEFF${text(event)}`],
  ['a message', (event: object) => ({ Type: 'Notification', Message: `\uFEFF${text(event)}` })],
])('accepts %s that begins with a byte order mark', (_where, wrapped) => {
  expect(findingsIn(wrapped(sample('web-port-probe')))).toHaveLength(1);
});

describe('rejected bodies', () => {
  test.each([
    ['text that is not JSON', '{"a":', /^\$: expected JSON: /],
    ['a value that is not an object', 'null', '$: expected a finding, found null'],
    ['an empty list', { Findings: [] }, '$.Findings: expected at least one finding'],
    ['a finding without a type', { severity: 5, service: {} }, '$.type: expected a finding type'],
    ['an unknown object', { hello: 1 }, /^\$: expected a GuardDuty finding .* found hello$/],
    [
      'a scan result',
      { 'detail-type': 'GuardDuty Malware Protection Object Scan Result', detail: {} },
      /detail-type: .* is a scan result, not a finding/,
    ],
    [
      'an API call',
      { eventVersion: '1.0', eventSource: 's', eventName: 'e' },
      'a CloudTrail event',
    ],
    [
      'an API call on the bus',
      { 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.iam', detail: {} },
      'is a CloudTrail event, not a finding',
    ],
    ['a subscription', { Type: 'S', Token: 't', SubscribeURL: 'u' }, 'confirm an SNS subscription'],
    [
      'another EventBridge event',
      { 'detail-type': 'EC2 Instance State-change Notification', detail: { state: 'running' } },
      '$.detail-type: no source reads "EC2 Instance State-change Notification"',
    ],
    [
      'more findings than a product sends at once',
      Array.from({ length: 101 }, finding),
      'at most 100 findings in one body, found 101',
    ],
    [
      'a finding that is nested too deeply',
      `{"type":"t","severity":1,"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      'at most 40 levels',
    ],
  ])('rejects %s, and names the field and the expected value', (_name, body, message) => {
    expect(rejection(body)).toMatch(message);
  });

  test('rejects a body that is wrapped more than ten times', () => {
    let body: unknown = finding();
    for (let i = 0; i < 12; i++) body = { Type: 'Notification', Message: text(body) };
    expect(rejection(body)).toMatch('wrapped more than 10 times');
  });

  test('rejects a body without a readable part once, not part by part', () => {
    expect(rejection([1, 2, 3])).toBe('$[0]: expected a finding, found a number; and 2 more');
  });
});

describe('an unreadable part', () => {
  const mixed = () => {
    const body = sample('security-hub-asff');
    body.detail.findings.push({ nothing: 'known' });
    return body;
  };

  test('returns the readable findings beside an unreadable one', () => {
    expect(unwrap(text(mixed()))).toMatchObject([
      { product: 'security-hub-asff', path: '$.detail.findings[0]' },
      { error: { name: 'InvalidInput' }, path: '$.detail.findings[1]' },
    ]);
  });

  test('wraps a single finding in the envelope of its body, so that it can be redelivered alone', () => {
    const [good] = unwrap(text(mixed()));
    expect(JSON.parse(rewrapped(good!))).toEqual({
      source: 'aws.securityhub',
      'detail-type': 'Security Hub Findings - Imported',
      account: '111122223333',
      region: 'eu-central-1',
      time: '2026-11-24T03:00:00Z',
      detail: mixed().detail.findings[0],
    });
    expect(findingsIn(rewrapped(good!))).toMatchObject([
      { product: 'security-hub-asff', path: '$.detail' },
    ]);
  });
});
