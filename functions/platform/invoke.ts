// Has another function do something, without waiting for it: Lambda keeps the call and tries it three times in all.
import type { Lambda } from '@aws-sdk/client-lambda';
import { aws } from './aws-errors.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html */
export const createCall =
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
