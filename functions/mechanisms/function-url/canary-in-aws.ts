// Creates the canary of the scope `function-url` in an account.
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import type { CreateCanaries } from '../stand-in.ts';

export const createCanaries: CreateCanaries = async (clientOf) => {
  const lambda = clientOf(Lambda);
  const FunctionName = 'canary-function';
  const { Role } = await clientOf(IAM).createRole({
    RoleName: FunctionName,
    AssumeRolePolicyDocument: '{}',
  });
  await lambda.createFunction({
    FunctionName,
    Runtime: 'nodejs22.x',
    Role: Role?.Arn,
    Handler: 'index.handler',
    // An empty zip: no one calls the function.
    Code: { ZipFile: Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]) },
  });
  await lambda.createFunctionUrlConfig({ FunctionName, AuthType: 'NONE' });
  return [{ mechanisms: ['function-url.require-iam'], kind: 'function', value: FunctionName }];
};
