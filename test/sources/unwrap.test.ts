// What comes off a body before a finding is read, and what is refused with which words.
import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../functions/domain/errors.ts';
import { alone, unwrap } from '../../functions/sources/unwrap.ts';
import { findingsIn, sample } from '../intake/events.ts';

const event = () => sample('web-port-probe');
const finding = () => event().detail;
const refusal = (body: unknown): string => {
  try {
    unwrap(typeof body === 'string' ? body : JSON.stringify(body));
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInput);
    return (error as Error).message;
  }
  throw new Error('it was not refused');
};
const text = (value: unknown) => JSON.stringify(value);

describe('a finding is found', () => {
  test.each([
    ['as it is', finding(), '$'],
    ['in an EventBridge event', event(), '$.detail'],
    ['in the answer of the API', { Findings: [finding()] }, '$.Findings[0]'],
    ['in a list', [event()], '$[0].detail'],
    [
      'in what SNS hands to a function',
      { Records: [{ Sns: { Message: text(event()) } }] },
      '$.Records[0].Sns.Message.detail',
    ],
    [
      'in what SNS puts on a queue',
      { Type: 'Notification', TopicArn: 'arn:aws:sns:eu-central-1:1:t', Message: text(event()) },
      '$.Message.detail',
    ],
    [
      'in a record of a queue, through SNS',
      {
        Records: [{ messageId: 'm', body: text({ Type: 'Notification', Message: text(event()) }) }],
      },
      '$.Records[0].body.Message.detail',
    ],
  ])('%s', (_name, body, path) => {
    expect(findingsIn(body)).toMatchObject([{ product: 'guardduty', path, body: finding() }]);
  });

  test('with what the envelope says about account, region and time', () => {
    expect(findingsIn(event())[0]?.envelope).toEqual({
      source: 'aws.guardduty',
      type: 'GuardDuty Finding',
      account: '111122223333',
      region: 'eu-central-1',
      time: '2026-11-24T03:00:00Z',
    });
  });

  test('of each product by the fields that it always writes', () => {
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

describe('refused with the field and what was expected there', () => {
  test.each([
    ['what is not JSON', '{"a":', /^\$: expected JSON: /],
    ['what is no object', 'null', '$: expected a finding, found null'],
    ['an empty list', { Findings: [] }, '$.Findings: expected at least one finding'],
    ['a finding without a type', { severity: 5, service: {} }, '$.type: expected a finding type'],
    ['something else', { hello: 1 }, /^\$: expected a GuardDuty finding .* found hello$/],
    [
      'a scan result',
      { 'detail-type': 'GuardDuty Malware Protection Object Scan Result', detail: {} },
      /detail-type: .* is a scan result, not a finding/,
    ],
    [
      'another event of the bus',
      { 'detail-type': 'EC2 Instance State-change Notification', detail: { state: 'running' } },
      '$.detail-type: no source reads "EC2 Instance State-change Notification"',
    ],
    [
      'more findings than a product sends at once',
      Array.from({ length: 101 }, finding),
      'at most 100 findings in one body, found 101',
    ],
    [
      'a finding that is nested without end',
      `{"type":"t","severity":1,"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      'at most 40 levels',
    ],
  ])('%s', (_name, body, message) => {
    expect(refusal(body)).toMatch(message);
  });

  test('a body that is wrapped again and again', () => {
    let body: unknown = finding();
    for (let i = 0; i < 12; i++) body = { Type: 'Notification', Message: text(body) };
    expect(refusal(body)).toMatch('wrapped more than 10 times');
  });

  test('a body of which no part can be read, once and not part by part', () => {
    expect(refusal([1, 2, 3])).toBe('$[0]: expected a finding, found a number; and 2 more');
  });
});

describe('a part that cannot be read', () => {
  const mixed = () => {
    const body = sample('security-hub-asff');
    body.detail.findings.push({ nothing: 'known' });
    return body;
  };

  test('costs its neighbours nothing', () => {
    expect(unwrap(text(mixed()))).toMatchObject([
      { product: 'security-hub-asff', path: '$.detail.findings[0]' },
      { error: { name: 'InvalidInput' }, path: '$.detail.findings[1]' },
    ]);
  });

  test('can be delivered again alone, in the envelope that it came in', () => {
    const [good] = unwrap(text(mixed()));
    expect(JSON.parse(alone(good!))).toEqual({
      source: 'aws.securityhub',
      'detail-type': 'Security Hub Findings - Imported',
      account: '111122223333',
      region: 'eu-central-1',
      time: '2026-11-24T03:00:00Z',
      detail: mixed().detail.findings[0],
    });
    expect(findingsIn(alone(good!))).toMatchObject([
      { product: 'security-hub-asff', path: '$.detail' },
    ]);
  });
});
