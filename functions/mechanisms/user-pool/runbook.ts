// Manual steps to disable a Cognito user.
import { shellQuoted } from '../../domain/wording.ts';
import {
  type ActionTemplates,
  awsIn,
  noCommands,
  type RunbookTemplate,
} from '../../messaging/runbooks/template.ts';

const POOL = /^[\w-]+_[0-9a-zA-Z]+$/;

const disableCognitoUser: RunbookTemplate = (one) => {
  const { target } = one;
  const { userPoolId = '' } = target.attributes;
  const pool = { ...one, target: { ...target, value: userPoolId } };
  if (!POOL.test(userPoolId)) return noCommands('a Cognito user pool ID', pool);
  const aws = awsIn(one);
  const user = `--user-pool-id ${shellQuoted(userPoolId)} --username ${shellQuoted(target.value)}`;
  return {
    check: [
      'Applications that do not check with Cognito accept issued tokens until they expire: usually 1 h, at most 24 h.',
      'Is the user already disabled? If so, do not enable it later.',
    ],
    look: [
      aws(`cognito-idp admin-get-user ${user} --query '[Enabled,UserStatus,UserLastModifiedDate]'`),
    ],
    act: [
      aws(`cognito-idp admin-disable-user ${user}`),
      aws(`cognito-idp admin-user-global-sign-out ${user}`),
    ],
    undo: [aws(`cognito-idp admin-enable-user ${user}`, 'the user must sign in again')],
    notify: ['Support for the application: the user will ask why'],
  };
};

export const runbooks = {
  disable_user_account_temporarily: { 'cognito-user': disableCognitoUser },
} as const satisfies ActionTemplates;
