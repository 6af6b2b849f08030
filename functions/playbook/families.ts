// The playbook's table: families of alert types and the response to each.

import type { Traffic } from '../domain/alert.ts';
import type { Opinion } from '../domain/assessment.ts';
import {
  blockTheActor,
  disableTheAccount,
  disableTheUser,
  endTheActorsSessions,
  endTheRolesSessions,
  isolateTheCluster,
  isolateTheDatabase,
  isolateTheHost,
  logTheFunction,
  logTheHost,
  quarantineTheMessage,
  revokeTheApiKey,
  revokeTheKey,
  type Step,
  secureTheRootUser,
  watchTheActor,
} from './steps.ts';

export type Family = {
  pattern: RegExp;
  /** Restricts the family to traffic in this direction. */
  direction?: Traffic['direction'];
  verdict: Opinion['verdict'];
  summary: string;
  steps: readonly Step[];
  /** A high severity does not page. A critical one does: the text of a type must not silence an attack. */
  pagesOnlyIfCritical?: true;
};

const COMPROMISED_HOST = {
  verdict: 'malicious',
  summary: 'A host is acting in a way that its owner did not intend and appears to be compromised.',
  steps: [logTheHost, isolateTheHost],
} as const;

/**
 * The first family that matches applies.
 * @see https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-active.html
 */
export const FAMILIES: readonly Family[] = [
  {
    pattern: /^Health:AWS_RISK_/,
    verdict: 'suspicious',
    summary: 'AWS reports that a credential of this account is exposed or used by someone else.',
    steps: [{ ...revokeTheKey, role: 'target' }],
  },
  {
    pattern: /^Inspector:/,
    verdict: 'unclear',
    summary: 'Inspector found a vulnerability. There is no sign of exploitation.',
    steps: [],
    pagesOnlyIfCritical: true,
  },
  {
    pattern: /^Software and Configuration Checks/,
    verdict: 'unclear',
    summary: 'A configuration or version check failed. There is no sign of exploitation.',
    steps: [],
    pagesOnlyIfCritical: true,
  },
  {
    pattern: /^Policy:/,
    verdict: 'unclear',
    summary: 'A configuration or use violates best practice. There is no sign of an attack.',
    steps: [secureTheRootUser],
  },
  // Types that mail gateways send as generic alerts; see docs/generic-alert.md.
  {
    pattern: /^(Phishing|Malware|Spam):Mail\//,
    verdict: 'malicious',
    summary: 'A delivered message turned out to be dangerous.',
    steps: [quarantineTheMessage],
  },
  {
    // Credentials are used through the AWS API, where no firewall of the account sees the address.
    pattern: /^AttackSequence:(IAM|S3)\//,
    verdict: 'malicious',
    summary: 'Several signals together show an attack with stolen credentials.',
    steps: [
      revokeTheKey,
      disableTheUser,
      endTheActorsSessions,
      secureTheRootUser,
      isolateTheHost,
      watchTheActor,
    ],
  },
  {
    pattern: /^AttackSequence:/,
    verdict: 'malicious',
    summary: 'Several signals together show an attack across resources.',
    steps: [
      revokeTheKey,
      disableTheUser,
      endTheActorsSessions,
      isolateTheHost,
      blockTheActor,
      watchTheActor,
    ],
  },
  {
    // Types of generic alerts; see docs/generic-alert.md.
    pattern: /^(AccountTakeover|CredentialAbuse):/,
    verdict: 'malicious',
    summary: 'Someone else is using one of your users or keys.',
    steps: [watchTheActor, revokeTheApiKey, disableTheAccount],
  },
  {
    pattern: /(Instance|Resource)CredentialExfiltration/,
    verdict: 'malicious',
    summary: 'Credentials of one of your resources are being used from elsewhere.',
    steps: [endTheRolesSessions, watchTheActor],
  },
  {
    pattern: /:(IAMUser|S3)\/(MaliciousIPCaller|TorIPCaller|CompromisedCredentials)/,
    verdict: 'malicious',
    summary: 'One of your credentials is being used from a known-malicious address.',
    steps: [watchTheActor, revokeTheKey, disableTheUser, endTheActorsSessions, secureTheRootUser],
  },
  {
    pattern: /:(IAMUser|S3)\//,
    verdict: 'suspicious',
    summary: 'Credentials or data are being used in an unusual way.',
    steps: [watchTheActor, revokeTheKey, disableTheUser, endTheActorsSessions, secureTheRootUser],
  },
  {
    pattern: /:Lambda\//,
    verdict: 'suspicious',
    summary: 'A function communicates with suspicious addresses.',
    steps: [logTheFunction],
  },
  {
    pattern: /:Kubernetes\/(MaliciousIPCaller|TorIPCaller|.*Anonymous)/,
    verdict: 'suspicious',
    summary: 'A stranger or a malicious address uses the Kubernetes API.',
    steps: [watchTheActor, isolateTheCluster],
  },
  {
    pattern: /:(Kubernetes|ECS|EKS|Container)\//,
    verdict: 'suspicious',
    summary: 'A cluster is being used in an unusual way.',
    steps: [watchTheActor],
  },
  {
    // A login to a database passes no firewall rule that Countermand can add.
    pattern: /:RDS\/.*Successful/,
    verdict: 'malicious',
    summary: 'Someone logged in to a database after guessing, or from a malicious address.',
    steps: [isolateTheDatabase],
  },
  // GuardDuty uses the same types when the host of this account is the attacker.
  { pattern: /BruteForce|Portscan|PortSweep/, direction: 'outbound', ...COMPROMISED_HOST },
  {
    // The host connects to a listed address, as malware does.
    pattern: /:EC2\/(MaliciousIPCaller|TorIPCaller)/,
    direction: 'outbound',
    ...COMPROMISED_HOST,
    steps: [...COMPROMISED_HOST.steps, blockTheActor],
  },
  {
    pattern: /BruteForce|PortProbe|MaliciousIPCaller|TorIPCaller|:RDS\//,
    verdict: 'malicious',
    summary: 'A malicious address is targeting one of your resources.',
    steps: [watchTheActor, blockTheActor],
  },
  {
    pattern: /^(Behavior|DefenseEvasion|Discovery|Persistence):(EC2|Runtime)\//,
    verdict: 'suspicious',
    summary: 'A host behaves unusually: an attacker or a software change may be the cause.',
    steps: [logTheHost],
  },
  { pattern: /:(EC2|Runtime)\//, ...COMPROMISED_HOST },
];

/** By the structure of the finding. The text of its type says nothing about an attack. */
export const CHECK: Omit<Family, 'pattern'> = {
  verdict: 'unclear',
  summary: 'A check of a configuration or a version failed. There is no sign of exploitation.',
  steps: [],
};

export const UNKNOWN_TYPE: Omit<Family, 'pattern'> = {
  verdict: 'unclear',
  summary: 'The playbook has no entry for this type of alert.',
  steps: [],
};
