// The playbook's table: which family a type of alert belongs to, and what is usually done about it.

import type { ActionName } from '../domain/action-catalog.ts';
import type { EntityKind } from '../domain/alert.ts';
import type { Brief, Opinion } from './brief.ts';

export type Step = {
  action: ActionName;
  /** Tried in order: the first kind of which the alert names somebody with this part gives the targets. */
  kinds: readonly EntityKind[];
  part: 'actor' | 'target';
  confidence: number;
  because: string;
};
export type Family = {
  pattern: RegExp;
  /** Only for traffic in this direction; any, where absent. */
  direction?: Brief['alert']['traffic']['direction'];
  verdict: Opinion['verdict'];
  says: string;
  steps: readonly Step[];
  /** Work for the day, however grave the product calls it. */
  canWait?: true;
};

const watchTheActor: Step = {
  action: 'add_ip_to_watchlist',
  kinds: ['ip'],
  part: 'actor',
  confidence: 90,
  because: 'The alert names this address as the other side; watching it harms nobody.',
};
const blockTheActor: Step = {
  action: 'block_ip_at_firewall',
  kinds: ['ip'],
  part: 'actor',
  confidence: 80,
  because: 'The address is on a threat list or attacks actively; a temporary block stops it.',
};
const revokeTheKey: Step = {
  action: 'revoke_api_key',
  kinds: ['access-key'],
  part: 'actor',
  confidence: 80,
  because:
    'The key was used in a way that its owner would not; while it works, the attacker works.',
};
const disableTheUser: Step = {
  action: 'disable_user_account_temporarily',
  kinds: ['iam-user'],
  part: 'actor',
  confidence: 75,
  because:
    'The user’s credentials are in other hands; other keys and the console stay open otherwise.',
};
const endTheRolesSessions: Step = {
  action: 'revoke_service_account_credential',
  kinds: ['iam-role', 'access-key'],
  part: 'actor',
  confidence: 80,
  because: 'Its temporary credentials are in other hands and stay valid until they are revoked.',
};
const isolateTheHost: Step = {
  action: 'isolate_production_host',
  kinds: ['instance'],
  part: 'target',
  confidence: 80,
  because: 'The host itself appears to be compromised; it will go on until it is cut off.',
};
const logTheHost: Step = {
  action: 'increase_logging_verbosity',
  kinds: ['instance'],
  part: 'target',
  confidence: 80,
  because: 'Flow logs of the host show whom else it talks to.',
};
const logTheFunction: Step = {
  action: 'increase_logging_verbosity',
  kinds: ['function'],
  part: 'target',
  confidence: 80,
  because: 'More of its log shows what the function does and on whose behalf.',
};

const quarantineTheMessage: Step = {
  action: 'quarantine_email',
  kinds: ['email-message'],
  part: 'actor',
  confidence: 85,
  because: 'The message was judged dangerous after it was delivered; nobody should open it.',
};

const COMPROMISED_HOST = {
  verdict: 'malicious',
  says: 'A host does what its owner did not ask it to: it appears to be compromised.',
  steps: [logTheHost, isolateTheHost],
} as const;

const revokeTheApiKey: Step = { ...revokeTheKey, kinds: ['access-key', 'api-key'] };
const disableTheAccount: Step = { ...disableTheUser, kinds: ['iam-user', 'cognito-user'] };

/** The first family that fits speaks. @see https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-active.html */
export const FAMILIES: readonly Family[] = [
  {
    pattern: /^Health:AWS_RISK_/,
    verdict: 'suspicious',
    says: 'AWS reports that a credential of this account is exposed, or used by others.',
    steps: [{ ...revokeTheKey, part: 'target' }],
  },
  {
    pattern: /^Inspector:/,
    verdict: 'unclear',
    says: 'Inspector found a weakness. Nothing says that it was used.',
    steps: [],
    canWait: true,
  },
  {
    pattern: /^Software and Configuration Checks/,
    verdict: 'unclear',
    says: 'A check of settings or versions failed; nobody is seen to use that.',
    steps: [],
    canWait: true,
  },
  {
    pattern: /^Policy:/,
    verdict: 'unclear',
    says: 'Something was opened or used against good practice; nobody is seen to attack.',
    steps: [],
  },
  // Types of the mail gateways that send generic alerts; see docs/generic-alert.md.
  {
    pattern: /^(Phishing|Malware|Spam):Mail\//,
    verdict: 'malicious',
    says: 'A message that was delivered turned out to be dangerous.',
    steps: [quarantineTheMessage],
  },
  {
    pattern: /^AttackSequence:/,
    verdict: 'malicious',
    says: 'Several signals together form an attack that goes on across resources.',
    steps: [revokeTheKey, disableTheUser, isolateTheHost, blockTheActor, watchTheActor],
  },
  {
    // Types of generic alerts: docs/generic-alert.md.
    pattern: /^(AccountTakeover|CredentialAbuse):/,
    verdict: 'malicious',
    says: 'A user or a key of ours is used by somebody else.',
    steps: [watchTheActor, revokeTheApiKey, disableTheAccount],
  },
  {
    pattern: /(Instance|Resource)CredentialExfiltration/,
    verdict: 'malicious',
    says: 'Credentials that belong to a resource of ours are used from somewhere else.',
    steps: [endTheRolesSessions, watchTheActor],
  },
  {
    pattern: /:(IAMUser|S3)\/(MaliciousIPCaller|TorIPCaller|CompromisedCredentials)/,
    verdict: 'malicious',
    says: 'Credentials of ours are used from an address that is known for attacks.',
    steps: [watchTheActor, revokeTheKey, disableTheUser],
  },
  {
    pattern: /:(IAMUser|S3)\//,
    verdict: 'suspicious',
    says: 'Credentials or data are used in a way that does not fit their past.',
    steps: [watchTheActor, revokeTheKey, disableTheUser],
  },
  {
    pattern: /:Lambda\//,
    verdict: 'suspicious',
    says: 'A function talks to addresses that it has no business with.',
    steps: [logTheFunction],
  },
  {
    pattern: /:(Kubernetes|ECS|EKS|Container)\//,
    verdict: 'suspicious',
    says: 'A cluster is used in an unusual way.',
    steps: [watchTheActor],
  },
  // The same types are used when our own host is the one that attacks.
  { pattern: /BruteForce|Portscan|PortSweep/, direction: 'outbound', ...COMPROMISED_HOST },
  {
    pattern: /BruteForce|PortProbe|MaliciousIPCaller|TorIPCaller|:RDS\//,
    verdict: 'malicious',
    says: 'An address that is known as malicious, or acts so, reaches for a resource of ours.',
    steps: [watchTheActor, blockTheActor],
  },
  {
    pattern: /^(Behavior|DefenseEvasion|Discovery|Persistence):(EC2|Runtime)\//,
    verdict: 'suspicious',
    says: 'A host behaves unlike before; that may be an attacker or a change of its software.',
    steps: [logTheHost],
  },
  { pattern: /:(EC2|Runtime)\//, ...COMPROMISED_HOST },
];

export const OTHERWISE: Omit<Family, 'pattern'> = {
  verdict: 'unclear',
  says: 'The playbook has no entry for this type of alert.',
  steps: [],
};
