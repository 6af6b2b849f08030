// The commands that replace a leaked key, which stays unsafe after the undo.
import type { Action } from '../domain/action.ts';
import { changesOf } from '../domain/action-catalog.ts';
import { shellQuoted } from '../domain/wording.ts';

/** Commands in order, ready to paste. Empty for an action that revoked no key. */
export function rotationOf({ name, target, parameters, region }: Action): string[] {
  if (changesOf(name)?.afterUndo !== 'rotate-key' || !target) return [];
  const { userName } = parameters;
  if (target.kind === 'access-key')
    return typeof userName === 'string'
      ? accessKey(shellQuoted(target.value), shellQuoted(userName))
      : [];
  return apiKey(target.value, region);
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html#Using_RotateAccessKey */
const accessKey = (key: string, user: string): string[] => [
  `aws iam get-access-key-last-used --access-key-id ${key}  # where the key is used`,
  `aws iam create-access-key --user-name ${user}  # a user can have two keys; replace the old one where it is used`,
  `aws iam update-access-key --user-name ${user} --access-key-id ${key} --status Inactive  # then check which service still needs it`,
  `aws iam delete-access-key --user-name ${user} --access-key-id ${key}  # once no service needs it`,
];

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-setup-api-key-with-console.html */
function apiKey(id: string, region: string): string[] {
  const gateway = (rest: string) => `aws apigateway ${rest} --region ${shellQuoted(region)}`;
  const plans = gateway(
    `get-usage-plans --key-id ${shellQuoted(id)} --query 'items[].id' --output text`,
  );
  const make = gateway(
    `create-api-key --enabled --name ${shellQuoted(`replaces-${id}`)} --query id --output text`,
  );
  const join = gateway(
    'create-usage-plan-key --usage-plan-id "$PLAN" --key-type API_KEY --key-id "$NEW"',
  );
  return [
    `NEW="$(${make})"`,
    `for PLAN in $(${plans}); do ${join}; done`,
    `${gateway('get-api-key --api-key "$NEW" --include-value --query value --output text')}  # a secret: give it to the owner through a trusted channel`,
    `${gateway(`delete-api-key --api-key ${shellQuoted(id)}`)}  # once no service uses it`,
  ];
}
