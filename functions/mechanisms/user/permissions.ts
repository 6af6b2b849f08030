// IAM permissions for attaching the deny-all policy.
import { ENV } from '../../domain/env.ts';
import {
  type Environment,
  every,
  everyUser,
  neverOnProtectedUsers,
  type Permissions,
} from '../permissions.ts';

export const permissions: Permissions = (stack) => [
  {
    sid: 'ReadUsers',
    actions: ['iam:GetUser', 'iam:ListAttachedUserPolicies'],
    resources: [everyUser(stack)],
  },
  {
    sid: 'ReadTheQuota',
    only: 'execute',
    actions: ['iam:GetAccountSummary'],
    resources: [every('*', 'iam:GetAccountSummary supports no resource ARNs')],
  },
  {
    // An inline policy would need iam:PutUserPolicy, which can grant any permission.
    sid: 'AttachTheDenyAllPolicyOnly',
    only: 'execute',
    actions: ['iam:AttachUserPolicy'],
    resources: [everyUser(stack)],
    conditions: { ArnEquals: { 'iam:PolicyARN': stack.denyAllPolicyArn } },
  },
  {
    sid: 'DetachTheDenyAllPolicyOnly',
    only: 'reverse',
    actions: ['iam:DetachUserPolicy'],
    resources: [everyUser(stack)],
    conditions: { ArnEquals: { 'iam:PolicyARN': stack.denyAllPolicyArn } },
  },
  ...neverOnProtectedUsers(stack, 'iam:AttachUserPolicy'),
];

export const environment: Environment = ({ denyAllPolicyArn }) => ({
  [ENV.denyAllPolicyArn]: denyAllPolicyArn,
});
