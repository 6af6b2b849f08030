// Manual steps to revoke a credential: access keys, users, roles, API keys.
import { partitionOf } from '../../domain/place.ts';
import { quoted, shellQuoted } from '../../domain/wording.ts';
import {
  awsIn,
  type Case,
  cloudTrailEvents,
  noCommands,
  type Runbook,
  type RunbookTemplate,
} from './template.ts';

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html */
const KEY = /^(AKIA|ASIA)\w{12,124}$/;
const NAME = /^[\w+=,.@-]{1,64}$/;
/** A key's ID has ten characters. Its value, which is a secret, has more. */
const API_KEY = /^[a-z0-9]{10}$/;

const DEPENDS = 'Which services fail without this credential? Can they get a new one first?';
const OWNERS_TO_NOTIFY = [
  'The owners of the services that use the credential, before it stops working',
  'The owner of the secret: rotate it, even if this action is undone',
];

/** A temporary key has no status. Only a policy on its user or role ends it. */
export const revokeKey: RunbookTemplate = (one) => {
  const { target } = one;
  if (!KEY.test(target.value)) return noCommands('an access key ID', one);
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
      'If there is time, create a new key for the services first. A user can have two keys.',
      'Sessions that were started with the key continue until they expire. Only a policy on the user ends them.',
    ],
    look: [
      aws(`iam get-access-key-last-used --access-key-id ${key}`),
      owner,
      aws('iam list-access-keys --user-name "$OWNER"'),
      aws('iam list-user-tags --user-name "$OWNER"'),
      cloudTrailEvents(one, 'AccessKeyId', key),
    ],
    act: [owner, set('Inactive')],
    undo: [owner, set('Active')],
    notify: OWNERS_TO_NOTIFY,
  };
};

/** Ends the sessions of the role or the user that the temporary key belongs to. */
function endSessions(one: Case) {
  const { userName = '', userType = '' } = one.target.attributes;
  const holder = { ...one, target: { ...one.target, value: userName } };
  if (!NAME.test(userName))
    return {
      ...noCommands('the name of a user or a role', holder),
      look: [cloudTrailEvents(one, 'AccessKeyId', one.target.value)],
    };
  return /user$/i.test(userType) ? denyUser(holder) : revokeSessions(holder);
}

export const denyUser: RunbookTemplate = (one) => {
  const { target } = one;
  if (!NAME.test(target.value)) return noCommands('an IAM user name', one);
  const aws = awsIn(one);
  const name = shellQuoted(target.value);
  const policy = `--user-name ${name} --policy-arn arn:${partitionOf(one.action.region)}:iam::aws:policy/AWSDenyAll`;
  return {
    check: [
      DEPENDS,
      'This denies the user everything: all keys, all of the user’s own sessions, and the console. Sessions of roles that the user assumed before continue until they expire.',
      'Is AWSDenyAll already in the first list? If so, do not detach it later.',
    ],
    look: [
      aws(`iam list-attached-user-policies --user-name ${name}`, '10 at most by default'),
      aws(`iam list-access-keys --user-name ${name}`),
      aws(`iam list-user-tags --user-name ${name}`),
      cloudTrailEvents(one, 'Username', target.value),
    ],
    act: [aws(`iam attach-user-policy ${policy}`)],
    undo: [aws(`iam detach-user-policy ${policy}`)],
    notify: OWNERS_TO_NOTIFY,
  };
};

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html */
const REVOKE = 'AWSRevokeOlderSessions';

/** The role of a permission set. IAM refuses every change of it. */
const PERMISSION_SET = /^AWSReservedSSO_([\w+=,.@-]{1,32})_[0-9a-f]{16}$/;

/** @see https://docs.aws.amazon.com/singlesignon/latest/userguide/prereqs-revoking-user-permissions.html */
const endSessionsInIdentityCenter = (one: Case, permissionSet: string): Runbook => ({
  check: [
    `The role belongs to the permission set ${quoted(permissionSet, 64)} of IAM Identity Center, and IAM refuses to change it. Work in the account that administers IAM Identity Center.`,
    'Who was it? The list of events shows the name with which the person signed in.',
    'Disable the access of this user in IAM Identity Center, delete the user’s active sessions, and disable the account at the identity provider. Role sessions that have started already continue.',
    `To end those, deny everything where identitystore:UserId is the ID of the user: in a service control policy, or in the inline policy of ${quoted(permissionSet, 64)}. Other users of the permission set keep their sessions.`,
    'To undo this, remove the policy, then enable the user.',
  ],
  look: [cloudTrailEvents(one, 'ResourceName', one.target.value)],
  act: [],
  undo: [],
  notify: ['The user, on a channel that does not need the account', ...OWNERS_TO_NOTIFY],
});

/** The same as the console's button: denies everything to sessions that began before now, and nothing to later ones. */
export const revokeSessions: RunbookTemplate = (one) => {
  const { target } = one;
  if (!NAME.test(target.value)) return noCommands('a role name', one);
  const [, permissionSet] = PERMISSION_SET.exec(target.value) ?? [];
  if (permissionSet) return endSessionsInIdentityCenter(one, permissionSet);
  const aws = awsIn(one);
  const role = `--role-name ${shellQuoted(target.value)}`;
  const document =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"\'$(date -u +%Y-%m-%dT%H:%M:%SZ)\'"}}}]}';
  return {
    check: [
      DEPENDS,
      `This ends all current sessions of ${quoted(target.value, 64)}, those of services included. Each service must assume the role again. An instance does so only when its credentials expire, within hours.`,
      'How could the attacker assume the role again? Close that way first.',
      `Is ${REVOKE} already among the policies? If so, undoing this undoes that one, too.`,
    ],
    look: [
      aws(
        `iam get-role ${role} --query 'Role.[RoleLastUsed,MaxSessionDuration,AssumeRolePolicyDocument,Tags]'`,
      ),
      aws(`iam list-role-policies ${role}`),
      cloudTrailEvents(one, 'ResourceName', target.value),
    ],
    act: [
      aws(`iam put-role-policy ${role} --policy-name ${REVOKE} --policy-document '${document}'`),
    ],
    undo: [aws(`iam delete-role-policy ${role} --policy-name ${REVOKE}`)],
    notify: OWNERS_TO_NOTIFY,
  };
};

export const disableApiKey: RunbookTemplate = (one) => {
  const { target } = one;
  if (!API_KEY.test(target.value)) return noCommands('an API Gateway key ID', one);
  const aws = awsIn(one);
  const set = (enabled: boolean) =>
    aws(
      `apigateway update-api-key --api-key ${target.value} --patch-operations op=replace,path=/enabled,value=${enabled}`,
    );
  return {
    check: [DEPENDS, 'Is the key already disabled? If so, do not enable it later.'],
    look: [
      aws(`apigateway get-api-key --api-key ${target.value} --no-include-value`),
      aws(`apigateway get-usage-plans --key-id ${target.value} --query 'items[].[name,apiStages]'`),
    ],
    act: [set(false)],
    undo: [set(true)],
    notify: OWNERS_TO_NOTIFY,
  };
};
