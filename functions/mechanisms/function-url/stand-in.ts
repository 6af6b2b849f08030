// Stand-in of Lambda function URLs: auth types and errors.
import { connected } from '../mechanism.ts';
import { awsFailure, type StandIn, type StateFile } from '../stand-in.ts';
import { type FunctionUrlApi, requireIam } from './require-iam.ts';

type FunctionUrl = {
  AuthType: 'NONE' | 'AWS_IAM';
  InvokeMode: 'BUFFERED';
  CreationTime: string;
};
/** By function name. */
export type FunctionUrls = Record<string, FunctionUrl>;

export const openUrl: FunctionUrl = {
  AuthType: 'NONE',
  InvokeMode: 'BUFFERED',
  CreationTime: '2026-01-02T03:04:05.000Z',
};

/** The function of the samples has a URL that is open to everyone. */
export const LOCAL_FUNCTION_URLS: FunctionUrls = { 'shop-resize-images': openUrl };

export function createFunctionUrls(file: StateFile<FunctionUrls>): FunctionUrlApi {
  const find = (name = '') => {
    const found = file.read()[name];
    if (!found)
      throw awsFailure('ResourceNotFoundException', 404, `No function URL of ${name} was found`);
    return found;
  };
  return {
    getFunctionUrlConfig: async ({
      FunctionName,
    }: Parameters<FunctionUrlApi['getFunctionUrlConfig']>[0]) => find(FunctionName),
    updateFunctionUrlConfig: async ({
      FunctionName = '',
      AuthType,
      ...others
    }: Parameters<FunctionUrlApi['updateFunctionUrlConfig']>[0]) => {
      const found = find(FunctionName);
      if (Object.keys(others).length > 0 || (AuthType !== 'NONE' && AuthType !== 'AWS_IAM'))
        throw awsFailure('InvalidParameterValueException', 400, 'only the auth type is known here');
      const next = { ...found, AuthType };
      file.write({ ...file.read(), [FunctionName]: next });
      return next;
    },
  } as FunctionUrlApi;
}

export const standIn: StandIn = {
  connect: ({ state }) => [
    connected(requireIam, {
      lambda: createFunctionUrls(state('function-urls', LOCAL_FUNCTION_URLS)),
    }),
  ],
};
