// Invokes another function asynchronously. Lambda makes up to three attempts.
import type { Lambda } from '@aws-sdk/client-lambda';
import { aws } from './aws-errors.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html */
export const createInvoker =
  (client: Pick<Lambda, 'invoke'>, functionName: string) =>
  async (input: object): Promise<void> => {
    await aws('calling a function', { functionName }, () =>
      client.invoke({
        FunctionName: functionName,
        InvocationType: 'Event',
        Payload: JSON.stringify(input),
      }),
    );
  };
