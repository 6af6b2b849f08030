// What denying a user everything may do in AWS.
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
    actions: ['iam:GetAccountSummary'],
    resources: [every('*', 'The account summary has no resource to name')],
  },
  {
    // An inline policy would need iam:PutUserPolicy, which can grant anything.
    sid: 'AttachAndDetachTheDenyAllPolicyOnly',
    actions: ['iam:AttachUserPolicy', 'iam:DetachUserPolicy'],
    resources: [everyUser(stack)],
    conditions: { ArnEquals: { 'iam:PolicyARN': stack.denyAllPolicyArn } },
  },
  ...neverOnProtectedUsers(stack, 'iam:AttachUserPolicy'),
];

export const environment: Environment = ({ denyAllPolicyArn }) => ({
  [ENV.denyAllPolicyArn]: denyAllPolicyArn,
});
