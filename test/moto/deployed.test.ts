// Executors and reversers of identities as deployed, on moto, with their roles.
import { APIGateway } from '@aws-sdk/client-api-gateway';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { IAM } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, test } from 'vitest';
import { ENV } from '../../functions/domain/env.ts';
import { customer, leakedKey, partnerKey, suspectUser } from '../fixtures/case.ts';
import { type Case, type Deployed, startDeployed } from './deployed-handlers.ts';

let deployed: Deployed;
let iam: IAM;
let cognito: CognitoIdentityProvider;
let gateway: APIGateway;
const UserName = suspectUser.value;

beforeAll(async () => {
  deployed = await startDeployed();
  iam = deployed.made(IAM);
  cognito = deployed.made(CognitoIdentityProvider);
  gateway = deployed.made(APIGateway);
  const { Policy } = await iam.createPolicy({
    PolicyName: 'countermand-deny-all',
    Path: '/countermand/',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
    }),
  });
  await iam.createUser({ UserName });
  deployed.setEnv({ [ENV.denyAllPolicyArn]: Policy?.Arn ?? '' });
});
afterAll(() => deployed.stop());

const CASES: Record<string, Case> = {
  user: {
    name: 'disable_user_account_temporarily',
    mechanism: 'user.deny-all',
    made: async () => ({
      target: suspectUser,
      seen: async () => (await iam.listAttachedUserPolicies({ UserName })).AttachedPolicies,
    }),
  },
  'access-key': {
    name: 'revoke_api_key',
    mechanism: 'access-key.inactive',
    async made() {
      const { AccessKey } = await iam.createAccessKey({ UserName });
      return {
        target: { ...leakedKey, value: AccessKey?.AccessKeyId ?? '' },
        parameters: { userName: UserName },
        seen: async () => (await iam.listAccessKeys({ UserName })).AccessKeyMetadata,
      };
    },
  },
  'user-pool': {
    name: 'disable_user_account_temporarily',
    mechanism: 'user-pool.disable-user',
    async made() {
      const { UserPool } = await cognito.createUserPool({ PoolName: 'customers' });
      const UserPoolId = UserPool?.Id ?? '';
      const Username = customer.value;
      await cognito.adminCreateUser({ UserPoolId, Username });
      return {
        target: customer,
        parameters: { userPoolId: UserPoolId },
        async seen() {
          // The time of the last change is not undone.
          const { $metadata, UserLastModifiedDate, ...user } = await cognito.adminGetUser({
            UserPoolId,
            Username,
          });
          return user;
        },
      };
    },
  },
  'api-key': {
    name: 'revoke_api_key',
    mechanism: 'api-key.disabled',
    async made() {
      const { id: apiKey = '' } = await gateway.createApiKey({
        ...{ name: 'partner', enabled: true },
        tags: { countermand: 'allowed' },
      });
      return {
        target: { ...partnerKey, value: apiKey },
        async seen() {
          const { $metadata, lastUpdatedDate, ...key } = await gateway.getApiKey({
            apiKey,
            includeValue: true,
          });
          return key;
        },
      };
    },
  },
};

test.each(Object.entries(CASES))(
  'the executor of %s cuts off access, its reverser restores the original state, and neither lacks or has too many rights',
  (scope, one) => deployed.proves(scope, one),
);
