// Who wrote a list, as CloudTrail tells it.
import { describe, expect, test } from 'vitest';
import { written as accessKey } from '../../functions/mechanisms/access-key/world.ts';
import { written as apiKey } from '../../functions/mechanisms/api-key/world.ts';
import { written as functionLog } from '../../functions/mechanisms/function-log/world.ts';
import { written as functionUrl } from '../../functions/mechanisms/function-url/world.ts';
import { written as network } from '../../functions/mechanisms/network/world.ts';
import { written as user } from '../../functions/mechanisms/user/world.ts';
import { written } from '../../functions/mechanisms/waf/world.ts';
import { causeOf, parseEvent, type TrailEvent } from '../../functions/world/cause.ts';
import { writtenResource } from '../../functions/world/deployed.ts';
import { createTrail } from '../../functions/world/trail.ts';

const since = '2026-11-24T03:00:00.500Z';
const list = 'REGIONAL:countermand-block-ipv4';
const event = (change: Partial<TrailEvent> = {}): TrailEvent => ({
  eventName: 'UpdateIPSet',
  eventTime: '2026-11-24T03:04:00Z',
  userIdentity: { invokedBy: 'cloudformation.amazonaws.com' },
  requestParameters: { name: 'countermand-block-ipv4', scope: 'REGIONAL', id: '1' },
  ...change,
});
const byPerson = event({ userIdentity: { arn: 'arn:aws:iam::111122223333:user/ana' } });
const byRole = (userName: string) =>
  event({ userIdentity: { sessionContext: { sessionIssuer: { userName } } } });
const cause = (...events: TrailEvent[]) =>
  causeOf(events, written, { list, since, ownPrefix: 'countermand-' });

test.each([
  ['CloudFormation wrote the list', [event()], 'deployment'],
  ['our executor wrote it, too', [byRole('countermand-execute-waf'), event()], 'deployment'],
  ['no event tells', [], 'unknown'],
  ['only our executor wrote it', [byRole('countermand-execute-waf')], 'unknown'],
  ['a person wrote it', [byPerson], 'other'],
  ['a person and CloudFormation wrote it', [event(), byPerson], 'other'],
  ['another role wrote it', [byRole('deploy'), event()], 'other'],
])('when %s, the cause is known accordingly: %#', (_, events, expected) => {
  expect(cause(...events)).toBe(expected);
});

test.each([
  ['before the entry was last seen', { eventTime: '2026-11-24T02:59:59Z' }],
  ['of another list', { requestParameters: { name: 'other', scope: 'REGIONAL' } }],
  [
    'of the list of the same name at CloudFront',
    { requestParameters: { name: 'countermand-block-ipv4', scope: 'CLOUDFRONT' } },
  ],
  ['that AWS refused', { errorCode: 'WAFOptimisticLockException' }],
])('an event %s tells nothing', (_, change) => {
  expect(cause(event(change))).toBe('unknown');
});

test('a user agent that names CloudFormation proves nothing', () => {
  const text = JSON.stringify({ ...byPerson, userAgent: 'cloudformation.amazonaws.com' });
  expect(cause(parseEvent(text)!)).toBe('other');
});

const ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:shop-resize-images';
test.each([
  ['a key', accessKey, 'AKIA1', { userName: 'ana', accessKeyId: 'AKIA1' }, { accessKeyId: 'B' }],
  ['an API key', apiKey, 'k4partner9', { apiKey: 'k4partner9' }, { apiKey: 'other' }],
  ['a function', functionLog, 'shop', { functionName: 'shop' }, { functionName: 'shop2' }],
  ['a function by its ARN', functionUrl, 'shop-resize-images', { functionName: ARN }, {}],
  [
    'the inbound rules of an ACL',
    network,
    'acl-1:ingress',
    { networkAclId: 'acl-1', egress: false, ruleNumber: 99 },
    { networkAclId: 'acl-1', egress: true, ruleNumber: 99 },
  ],
  [
    'the policies of a user',
    user,
    'arn:aws:iam::1:policy/deny ana',
    { policyArn: 'arn:aws:iam::1:policy/deny', userName: 'Ana' },
    { policyArn: 'arn:aws:iam::1:policy/other', userName: 'Ana' },
  ],
])('recognises an event about %s, and none about another', (_, kind, list, own, other) => {
  expect(kind.isWriteOf(own, list)).toBe(true);
  expect(kind.isWriteOf(other, list)).toBe(false);
  expect(kind.isWriteOf({}, list)).toBe(false);
});

describe('an event of CloudFormation about an IP set', () => {
  const id = 'countermand-block-ipv4|1234a1a-a1b1-12a1-abcd-a123b123456|REGIONAL';
  const resource = {
    source: 'aws.cloudformation',
    'detail-type': 'CloudFormation Resource Status Change',
    time: '2026-11-24T03:04:00Z',
    detail: {
      'physical-resource-id': id,
      'status-details': { status: 'UPDATE_COMPLETE', 'status-reason': '' },
    },
  };

  test('names the list that the deployment wrote', () => {
    const found = writtenResource(resource);
    expect(found).toEqual({ physicalId: id, at: resource.time });
    expect(written.listOf?.(id)).toBe(list);
  });

  test.each([
    ['of another source', { source: 'countermand.alerts' }],
    ['about the whole stack', { 'detail-type': 'CloudFormation Stack Status Change' }],
    [
      'about an update that began or failed',
      { detail: { ...resource.detail, 'status-details': { status: 'UPDATE_FAILED' } } },
    ],
  ])('proves nothing if it is %s', (_, change) => {
    expect(writtenResource({ ...resource, ...change })).toBeNull();
  });
});

describe('the event history of CloudTrail', () => {
  const page = (CloudTrailEvent: string, NextToken?: string) => ({
    Events: [{ CloudTrailEvent }],
    ...(NextToken && { NextToken }),
  });
  const trailOf = (pages: readonly object[]) => {
    const asked: (string | null)[] = [];
    let next = 0;
    const lookupEvents = async () => pages[next++ % pages.length];
    const trail = createTrail((region) => {
      asked.push(region);
      return { lookupEvents } as never;
    });
    return { asked, read: () => trail({ eventName: 'UpdateIPSet', region: 'us-east-1', since }) };
  };

  test('is read over all pages, in the region of the list', async () => {
    const { read, asked } = trailOf([
      page(JSON.stringify(event()), 'more'),
      page(JSON.stringify(byPerson)),
    ]);
    expect(await read()).toHaveLength(2);
    expect(asked).toEqual(['us-east-1']);
  });

  test.each([
    ['an event has another shape', [page('{}')]],
    ['an event is no JSON', [page('<')]],
    ['there are more events than it reads', [page(JSON.stringify(event()), 'more')]],
  ])('is not trusted when %s', async (_, pages) => {
    await expect(trailOf(pages).read()).rejects.toThrow();
  });
});
