// IAM permissions for IP sets in AWS WAF.
import { ENV } from '../../domain/env.ts';
import { CLOUDFRONT_REGION } from '../../domain/ip-set.ts';
import { type Environment, every, type Permissions } from '../permissions.ts';

export const permissions: Permissions = ({ ipSets }) => {
  const arnsOf = (scope: 'REGIONAL' | 'CLOUDFRONT') =>
    ipSets.filter((set) => set.scope === scope).map(({ arn }) => arn);
  const atCloudFront = arnsOf('CLOUDFRONT').map((arn) =>
    every(arn, 'A set of this stack by its fixed name; the stack of another region assigns its ID'),
  );
  const readAndReplace = ['wafv2:GetIPSet', 'wafv2:UpdateIPSet'];
  return [
    {
      sid: 'ReadAndReplaceOurIpSets',
      actions: readAndReplace,
      resources: arnsOf('REGIONAL'),
    },
    {
      sid: 'ReadAndReplaceOurIpSetsAtCloudFront',
      actions: readAndReplace,
      resources: atCloudFront,
    },
    {
      sid: 'FindTheIdsOfIpSetsAtCloudFront',
      actions: ['wafv2:ListIPSets'],
      resources:
        atCloudFront.length > 0 ? [every('*', 'wafv2:ListIPSets supports no resource ARNs')] : [],
      conditions: { StringEquals: { 'aws:RequestedRegion': CLOUDFRONT_REGION } },
    },
  ];
};

export const environment: Environment = ({ ipSets, toJson }) => ({
  [ENV.ipSets]: toJson(ipSets.map(({ arn: _arn, ...set }) => set)),
});
