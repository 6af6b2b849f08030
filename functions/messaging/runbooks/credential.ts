// Taking a credential away: revoke_service_account_credential, and what a person does where revoke_api_key or
// disable_user_account_temporarily may not run.
import { quoted, shellQuoted } from '../../domain/wording.ts';
import {
  awsIn,
  type Book,
  type Case,
  notOneOf,
  partitionOf,
  seenByCloudTrail,
} from './template.ts';

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html */
const KEY = /^(AKIA|ASIA)\w{12,124}$/;
const NAME = /^[\w+=,.@-]{1,64}$/;
/** An id has ten of these; a key's value, which is a secret, has more. */
const API_KEY = /^[a-z0-9]{10}$/;

const DEPENDS = 'Which services fail when it no longer works, and can they get another one first?';
const OWNER_TELL = [
  'Whoever runs the services that use it, before it stops working',
  'Whoever keeps the secret: it has to be rotated, also when this is undone',
];

/** Temporary keys have no status: what ends them is a policy on whoever they were issued to. */
export const revokeKey: Book = (one) => {
  const { target } = one;
  if (!KEY.test(target.value)) return notOneOf('an access key', one);
  if (target.value.startsWith('ASIA')) return endSessions(one);
  const aws = awsIn(one);
  const key = target.value;
  const { userName = '' } = target.attributes;
  const owner = NAME.test(userName)
    ? `OWNER=${shellQuoted(userName)}`
    : `OWNER="$(${aws(`iam get-access-key-last-used --access-key-id ${key} --output text --query UserName`)})"`;
  const set = (status: string) =>
    aws(`iam update-access-key --user-name "$OWNER" --access-key-id ${key} --status ${status}`);
  return {
    check: [
      DEPENDS,
      'A user may have two keys: where the attacker leaves the time, give the services a new one first.',
      'Sessions that were started with the key go on until they expire; only a policy on the user ends them.',
    ],
    look: [
      aws(`iam get-access-key-last-used --access-key-id ${key}`),
      owner,
      aws('iam list-access-keys --user-name "$OWNER"'),
      aws('iam list-user-tags --user-name "$OWNER"'),
      seenByCloudTrail(one, 'AccessKeyId', key),
    ],
    act: [owner, set('Inactive')],
    undo: [owner, set('Active')],
    tell: OWNER_TELL,
  };
};

/** By whose they are: of a role, or of a user. */
function endSessions(one: Case) {
  const { userName = '', userType = '' } = one.target.attributes;
  const holder = { ...one, target: { ...one.target, value: userName } };
  if (!NAME.test(userName))
    return {
      ...notOneOf('a user or a role', holder),
      look: [seenByCloudTrail(one, 'AccessKeyId', one.target.value)],
    };
  return /user$/i.test(userType) ? denyUser(holder) : revokeSessions(holder);
}

export const denyUser: Book = (one) => {
  const { target } = one;
  if (!NAME.test(target.value)) return notOneOf('an IAM user', one);
  const aws = awsIn(one);
  const name = shellQuoted(target.value);
  const policy = `--user-name ${name} --policy-arn arn:${partitionOf(one)}:iam::aws:policy/AWSDenyAll`;
  return {
    check: [
      DEPENDS,
      'Everything is denied to the user: all keys, all sessions of the user’s own, and the console. Sessions of roles that the user took on before go on until they expire.',
      'Is AWSDenyAll in the first list already? Then it is not yours to detach.',
    ],
    look: [
      aws(`iam list-attached-user-policies --user-name ${name}  # at most 10 unless raised`),
      aws(`iam list-access-keys --user-name ${name}`),
      aws(`iam list-user-tags --user-name ${name}`),
      seenByCloudTrail(one, 'Username', target.value),
    ],
    act: [aws(`iam attach-user-policy ${policy}`)],
    undo: [aws(`iam detach-user-policy ${policy}`)],
    tell: OWNER_TELL,
  };
};

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html */
const REVOKE = 'AWSRevokeOlderSessions';

/** What the console's button does: who has the role now is denied everything, who takes it on after is not. */
export const revokeSessions: Book = (one) => {
  const { target } = one;
  if (!NAME.test(target.value)) return notOneOf('a role', one);
  const aws = awsIn(one);
  const role = `--role-name ${shellQuoted(target.value)}`;
  const document =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"\'$(date -u +%Y-%m-%dT%H:%M:%SZ)\'"}}}]}';
  return {
    check: [
      DEPENDS,
      `Sessions that began before this moment are cut, those of the services, too: they have to take on ${quoted(target.value, 64)} again, and an instance does so only when its credentials are due, within hours.`,
      'From where could the attacker take on the role again? Close that first.',
      `Is ${REVOKE} among the policies already? Then undoing this would undo that, too.`,
    ],
    look: [
      aws(
        `iam get-role ${role} --query 'Role.[RoleLastUsed,MaxSessionDuration,AssumeRolePolicyDocument,Tags]'`,
      ),
      aws(`iam list-role-policies ${role}`),
      seenByCloudTrail(one, 'ResourceName', target.value),
    ],
    act: [
      aws(`iam put-role-policy ${role} --policy-name ${REVOKE} --policy-document '${document}'`),
    ],
    undo: [aws(`iam delete-role-policy ${role} --policy-name ${REVOKE}`)],
    tell: OWNER_TELL,
  };
};

export const disableApiKey: Book = (one) => {
  const { target } = one;
  if (!API_KEY.test(target.value)) return notOneOf('an API Gateway key', one);
  const aws = awsIn(one);
  const set = (enabled: boolean) =>
    aws(
      `apigateway update-api-key --api-key ${target.value} --patch-operations op=replace,path=/enabled,value=${enabled}`,
    );
  return {
    check: [DEPENDS, 'Is it disabled already? Then it is not yours to enable.'],
    look: [
      aws(`apigateway get-api-key --api-key ${target.value} --no-include-value`),
      aws(`apigateway get-usage-plans --key-id ${target.value} --query 'items[].[name,apiStages]'`),
    ],
    act: [set(false)],
    undo: [set(true)],
    tell: OWNER_TELL,
  };
};
