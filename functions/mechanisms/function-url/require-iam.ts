// disable_function_url: sets an open function URL to require IAM.

import type { Lambda } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';
import type { Description } from '../../domain/action.ts';
import { InvalidInput, StateChanged } from '../../domain/errors.ts';
import type { Facts } from '../../domain/facts.ts';
import { shellQuoted } from '../../domain/wording.ts';
import { aws } from '../../platform/aws-errors.ts';
import { earlierIncidents, undoneAfter } from '../affected.ts';
import { defineMechanism, type MechanismInfo, type Subject } from '../mechanism.ts';
import { onTarget } from '../target-gone.ts';

/** The two calls used. The stand-in implements the same ones. */
export type FunctionUrlApi = Pick<Lambda, 'getFunctionUrlConfig' | 'updateFunctionUrlConfig'>;
export type FunctionUrlClients = { lambda: FunctionUrlApi };

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionUrlConfig.html */
const AuthType = z.enum(['NONE', 'AWS_IAM']);
const Before = z.strictObject({
  authType: AuthType,
  /** When Lambda created the URL; null if not recorded. The reversal must not open a URL that replaced it. */
  createdAt: z._default(z.nullable(z.string()), null),
});
type Before = z.infer<typeof Before>;

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html */
const FUNCTION_NAME = /^[A-Za-z0-9_-]{1,64}$/;
const UNPUBLISHED = '$LATEST';

export const requireIamInfo: MechanismInfo = {
  id: 'function-url.require-iam',
  version: 1,
  action: 'disable_function_url',
  scope: 'function-url',
  targetKinds: ['function'],
  quota: '15 control-plane requests per second for all of Lambda in one account and region',
  effects: (_alert, { value, attributes: { version = UNPUBLISHED } }) =>
    FUNCTION_NAME.test(value) && version === UNPUBLISHED ? [{}] : [],
  effectKey: ({ region, target }) => `function-url:${region}:${target.value}`,
  describe,
};

export const requireIam = /* @__PURE__ */ defineMechanism<FunctionUrlClients, Before>(
  requireIamInfo,
  {
    before: Before,
    alreadyInPlace: ({ authType }) => authType === 'AWS_IAM',
    connect,
  },
);

function describe(subject: Subject, facts: Facts | null): Description {
  const { target, region } = subject;
  const name = target.value;
  return {
    headline: `Require IAM authentication for the URL of the function ${name}`,
    changes: [
      `Change the auth type of the function URL of ${name} from NONE to AWS_IAM: unsigned requests fail`,
    ],
    affected: [
      'Every caller of the URL that does not sign its requests, for example browsers, webhooks and partners',
      'Not affected: callers through API Gateway, events or the Lambda API',
      ...earlierIncidents(subject, facts, 'function'),
    ],
    undo: undoneAfter('Opens the URL to everyone again', subject),
    manualUndo: [
      `aws lambda update-function-url-config --region ${shellQuoted(region)} --function-name ${shellQuoted(name)} --auth-type NONE`,
    ],
  };
}

/** Lambda reports the same error for a deleted function and for a deleted URL. */
const onUrl = <T>(name: string, what: string, call: () => Promise<T>): Promise<T> =>
  onTarget(`the URL of the function ${name}`, ['ResourceNotFoundException'], () =>
    aws(what, { function: name }, call),
  );

function checkNotReplaced({ target: { value: name } }: Subject, before: Before, now: Before) {
  if (before.createdAt !== null && now.createdAt !== before.createdAt)
    throw new StateChanged(
      `the URL of ${name} was created at ${now.createdAt}: it replaced the one that was captured`,
      { function: name },
    );
}

function connect({ lambda }: FunctionUrlClients): ReturnType<typeof requireIam.connect> {
  const configOf = async ({ target: { value: name } }: Subject): Promise<Before> => {
    const ids = { function: name };
    const { AuthType: found, CreationTime: createdAt = null } = await onUrl(
      name,
      'reading the function URL',
      () => lambda.getFunctionUrlConfig({ FunctionName: name }),
    );
    const parsed = AuthType.safeParse(found);
    if (!parsed.success)
      throw new InvalidInput('Lambda named an auth type of the URL that is not known', ids);
    return { authType: parsed.data, createdAt };
  };
  /** Sends only the auth type. Lambda keeps all other settings. */
  const set = async ({ target: { value: name } }: Subject, authType: z.infer<typeof AuthType>) => {
    await onUrl(name, 'changing the function URL', () =>
      lambda.updateFunctionUrlConfig({ FunctionName: name, AuthType: authType }),
    );
  };
  const seen = async (subject: Subject, wanted: z.infer<typeof AuthType>) => {
    const { authType } = await configOf(subject);
    return {
      holds: authType === wanted,
      found: `the URL of ${subject.target.value} has the auth type ${authType}`,
    };
  };
  return {
    capture: configOf,
    async apply(subject, before) {
      if (before.authType !== 'NONE') return;
      const now = await configOf(subject);
      if (now.authType !== 'NONE') return;
      checkNotReplaced(subject, before, now);
      await set(subject, 'AWS_IAM');
    },
    verify: (subject) => seen(subject, 'AWS_IAM'),
    async revert(subject, before) {
      const now = await configOf(subject);
      if (now.authType === before.authType) return;
      const { value: name } = subject.target;
      if (now.authType !== 'AWS_IAM')
        throw new StateChanged(
          `the URL of ${name} has the auth type ${now.authType}: neither the captured one nor ours`,
          { function: name },
        );
      checkNotReplaced(subject, before, now);
      await set(subject, before.authType);
    },
    verifyReverted: (subject, { authType }) => seen(subject, authType),
  };
}
