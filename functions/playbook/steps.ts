// The steps of the playbook: an action on the entities of one kind and role.
import type { PlaybookName } from '../domain/action-catalog.ts';
import type { EntityKind } from '../domain/alert.ts';

export type Step = {
  action: PlaybookName;
  /** In order of preference: the targets are of the first kind that the alert names in this role. */
  kinds: readonly EntityKind[];
  role: 'actor' | 'target';
  /** Only above medium severity. */
  when?: 'severe';
  /** Only if the alert names no entity of this kind in this role. */
  unless?: EntityKind;
  confidence: number;
  reasoning: string;
};

export const watchTheActor: Step = {
  action: 'add_ip_to_watchlist',
  kinds: ['ip'],
  role: 'actor',
  confidence: 90,
  reasoning: 'The alert names this address as the attacker. Watching it has no side effects.',
};
export const blockTheActor: Step = {
  action: 'block_ip_at_firewall',
  kinds: ['ip'],
  role: 'actor',
  confidence: 80,
  reasoning: 'The address is on a threat list or is attacking. A temporary block stops it.',
};
export const revokeTheKey: Step = {
  action: 'revoke_api_key',
  kinds: ['access-key'],
  role: 'actor',
  confidence: 80,
  reasoning: 'The key is exposed or misused. Anyone who holds it can act until it is revoked.',
};
export const disableTheUser: Step = {
  action: 'disable_user_account_temporarily',
  kinds: ['iam-user'],
  role: 'actor',
  confidence: 75,
  reasoning:
    'The user’s credentials are compromised. Revoking one key leaves other keys and the console usable.',
};
export const endTheRolesSessions: Step = {
  action: 'revoke_service_account_credential',
  kinds: ['iam-role', 'access-key'],
  role: 'actor',
  confidence: 80,
  reasoning: 'Its temporary credentials are compromised and stay valid until they are revoked.',
};
/** An IAM Identity Center user also acts with a role. */
export const endTheActorsSessions: Step = {
  ...endTheRolesSessions,
  kinds: ['iam-role'],
  reasoning: 'The role’s sessions are misused. They stay valid until they are revoked.',
};
export const secureTheRootUser: Step = {
  ...endTheRolesSessions,
  kinds: ['root-user'],
  reasoning:
    'The root user can do everything in the account. Only its owner can say whether it did.',
};
export const isolateTheHost: Step = {
  action: 'isolate_production_host',
  kinds: ['instance'],
  role: 'target',
  confidence: 80,
  reasoning: 'The host appears to be compromised. It can do harm until it is isolated.',
};
export const isolateTheCluster: Step = {
  ...isolateTheHost,
  kinds: ['cluster'],
  reasoning: 'Its Kubernetes API answers callers from the internet that should not reach it.',
};
const containTheTarget = (kinds: Step['kinds'], reasoning: string): Step => ({
  action: 'contain_resource',
  kinds,
  role: 'target',
  confidence: 80,
  reasoning,
});
/** The whole host or cluster only if no workload is named. */
export const containTheWorkload: readonly Step[] = [
  containTheTarget(
    ['workload'],
    'The workload appears to be compromised. Other workloads share its host.',
  ),
  { ...isolateTheHost, kinds: ['instance', 'cluster'], unless: 'workload' },
];
/** For families in which half of the alerts follow a deployment. */
export const ifSevere = (steps: readonly Step[]): Step[] =>
  steps.map((step) => ({ ...step, when: 'severe' }));
export const stopTheFunction = containTheTarget(
  ['function'],
  'The function communicates with an attacker and has the permissions of its role.',
);
export const closeTheBucket = containTheTarget(
  ['bucket'],
  'The bucket exposes data or serves malware until access to it is restricted.',
);
export const secureTheResource = containTheTarget(
  ['resource'],
  'Anyone who starts a host or restores data from it starts the malware, too.',
);
export const restoreTheLogging = containTheTarget(
  ['resource', 'bucket'],
  'While logging is off, no one sees the next steps of an attacker.',
);
export const isolateTheDatabase: Step = {
  ...isolateTheHost,
  kinds: ['database'],
  reasoning: 'The attacker knows a password of the database and can read and change its data.',
};
export const logTheHost: Step = {
  action: 'increase_logging_verbosity',
  kinds: ['instance'],
  role: 'target',
  confidence: 80,
  reasoning: 'Flow logs show which other addresses the host communicates with.',
};
export const logTheFunction: Step = {
  action: 'increase_logging_verbosity',
  kinds: ['function'],
  role: 'target',
  confidence: 80,
  reasoning: 'Debug logs show what the function does and who calls it.',
};

export const quarantineTheMessage: Step = {
  action: 'quarantine_email',
  kinds: ['email-message'],
  role: 'actor',
  confidence: 85,
  reasoning: 'The message was found dangerous after delivery. It must not be opened.',
};

export const revokeTheApiKey: Step = { ...revokeTheKey, kinds: ['access-key', 'api-key'] };
export const disableTheAccount: Step = {
  ...disableTheUser,
  kinds: ['iam-user', 'cognito-user'],
  reasoning: 'Someone else uses the account, and can do so until it is disabled.',
};
