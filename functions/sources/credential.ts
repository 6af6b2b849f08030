// Adds the credential of a finding: its key, the holder and the session.
import type { Entity } from '../domain/alert.ts';
import { UNKNOWN } from '../domain/place.ts';
import type { Attributes, Collector } from './entities.ts';
import { placeInArn } from './entity-place.ts';
import { attributesOf, type Caller } from './guardduty/caller.ts';
import { identityInArn } from './resource-kinds.ts';

type Text = string | null | undefined;

/** A credential as products describe it. Every field may be missing. */
export type Credential = {
  keyId?: Text;
  userName?: Text;
  /** `IAMUser`, `AssumedRole`, `Root`, ... in any casing. */
  userType?: Text;
  /** `AIDA...` of a user, `AROA...:session` of a role, or an ARN. */
  principalId?: Text;
  /** The session's name, if it is given apart from the principal. */
  session?: Text;
  account?: Text;
  /** Set for a caller of another account. */
  caller?: Caller | null;
  /** Further attributes of the key. */
  ofKey?: Attributes;
};
type Holder = { kind: 'iam-user' | 'iam-role' | 'root-user'; name: Text; session?: Text };
/** Paths of the fields in the event. */
type Paths = { key: string; name: string };

/** Names of Kubernetes users and of federated users have other characters. */
const IAM_NAME = /^[\w+=,.@-]{1,64}$/;
/** An instance is the session name of its own role. */
const INSTANCE = /^i-[0-9a-f]{8,17}$/;

export function addCredential(
  collector: Collector,
  credential: Credential,
  part: Entity['part'],
  paths: Paths,
): void {
  const { keyId, userName, userType, principalId, caller = null } = credential;
  const holder = holderOf(credential);
  const session = holder?.session;
  const attributes = {
    userType,
    userName: holder?.name ?? userName,
    principalId,
    session,
    ...attributesOf(caller),
  };
  // The same name may exist in the finding's account.
  const place = { account: accountOf(credential) };
  // Security Hub writes "null" if the finding has no access key.
  const value = keyId === 'null' ? null : keyId;
  collector.add({
    kind: 'access-key',
    value,
    part,
    path: paths.key,
    attributes: { ...credential.ofKey, ...attributes },
    place,
  });
  if (!holder) return;
  const { kind, name } = holder;
  collector.add({ kind, value: name, part, path: paths.name, attributes, place });
  if (session && INSTANCE.test(session))
    collector.add({
      kind: 'instance',
      value: session,
      part: 'related',
      path: paths.name,
      place,
    });
}

/** Unknown if the ARN of the principal and the event name different accounts. */
function accountOf({ caller, account, principalId, userName }: Credential): Text {
  const named = caller?.account ?? account;
  const inArn = (placeInArn(principalId) ?? placeInArn(userName))?.account;
  return named && inArn && named !== inArn ? UNKNOWN : (named ?? inArn);
}

/**
 * Who holds the credential; null for a service, a federated user and an unknown kind.
 *
 * @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_AccessKeyDetails.html
 */
function holderOf(credential: Credential): Holder | null {
  const { keyId, userName, userType, principalId } = credential;
  const inArn = identityInArn(principalId) ?? identityInArn(userName);
  if (inArn) return { session: credential.session, ...inArn };
  const session =
    credential.session || (principalId?.includes(':') ? principalId.split(':').at(-1) : null);
  // `IAMUser` and `IAM_USER` both occur.
  switch (userType?.toLowerCase().replace(/[^a-z]/g, '') ?? '') {
    case 'iamuser':
      return { kind: 'iam-user', name: userName };
    case 'assumedrole':
    case 'role':
    case 'iamrole':
      return { kind: 'iam-role', name: userName, session };
    case 'root':
      return { kind: 'root-user', name: 'root' };
    case '':
    case 'user':
    case 'unknown':
      if (principalId?.startsWith('AROA')) return { kind: 'iam-role', name: userName, session };
      return (principalId?.startsWith('AIDA') || !keyId?.startsWith('ASIA')) &&
        IAM_NAME.test(userName ?? '')
        ? { kind: 'iam-user', name: userName }
        : null;
    default:
      return null;
  }
}
