// Disabling a Cognito user manually, where the gate hands the action over.
import { shellQuoted } from '../../domain/wording.ts';
import { type ActionBooks, awsIn, type Book, notOneOf } from '../../messaging/runbooks/template.ts';

const POOL = /^[\w-]+_[0-9a-zA-Z]+$/;

const disableCognitoUser: Book = (one) => {
  const { target } = one;
  const { userPoolId = '' } = target.attributes;
  const pool = { ...one, target: { ...target, value: userPoolId } };
  if (!POOL.test(userPoolId)) return notOneOf('a Cognito user pool', pool);
  const aws = awsIn(one);
  const user = `--user-pool-id ${shellQuoted(userPoolId)} --username ${shellQuoted(target.value)}`;
  return {
    check: [
      'Applications that do not ask Cognito accept the tokens that were issued before until they expire: an hour as a rule, a day at the most.',
      'Is the user disabled already? Then it is not yours to enable.',
    ],
    look: [
      aws(`cognito-idp admin-get-user ${user} --query '[Enabled,UserStatus,UserLastModifiedDate]'`),
    ],
    act: [
      aws(`cognito-idp admin-disable-user ${user}`),
      aws(`cognito-idp admin-user-global-sign-out ${user}`),
    ],
    undo: [aws(`cognito-idp admin-enable-user ${user}  # the user has to sign in anew`)],
    tell: ['Whoever supports the application: its user will ask why'],
  };
};

export const runbooks = {
  disable_user_account_temporarily: { 'cognito-user': disableCognitoUser },
} as const satisfies ActionBooks;
