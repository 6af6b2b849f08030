// The playbook's families of alerts, and the response to each.

import type { Opinion } from '../domain/assessment.ts';
import {
  blockTheActor,
  closeTheBucket,
  containTheWorkload,
  disableTheAccount,
  disableTheUser,
  endTheActorsSessions,
  endTheRolesSessions,
  ifSevere,
  isolateTheCluster,
  isolateTheDatabase,
  isolateTheHost,
  logTheFunction,
  logTheHost,
  quarantineTheMessage,
  restoreTheLogging,
  revokeTheApiKey,
  revokeTheKey,
  type Step,
  secureTheResource,
  secureTheRootUser,
  stopTheFunction,
  watchTheActor,
} from './steps.ts';

export type Family = {
  verdict: Opinion['verdict'];
  /** In one or two sentences. */
  summary: string;
  /** What to do beyond the steps, for the ticket. */
  advice?: string;
  steps: readonly Step[];
  /** The family of outbound traffic, where this account's resource is the attacker. */
  outbound?: 'compromised-host';
  /** The family of attempts of which one succeeded. */
  succeeded?: 'database-login';
  /**
   * `always` asks above low severity. `if-serious` asks below high only if what was observed succeeded and had
   * consequences.
   */
  asks: 'always' | 'if-serious';
  /** The entities whose plans explain the alert: those that act, or those that are affected. */
  plannedBy: 'actor' | 'target';
  /** A high severity does not page. A critical one does: the text of a type must not silence an attack. */
  pagesOnlyIfCritical?: true;
};
export type FamilyName = keyof typeof FAMILIES;

const CREDENTIALS = [revokeTheKey, disableTheUser, endTheActorsSessions, secureTheRootUser];

const family = (
  verdict: Family['verdict'],
  summary: string,
  steps: readonly Step[],
  more: Partial<Family> = {},
): Family => ({ verdict, summary, steps, asks: 'always', plannedBy: 'actor', ...more });

export const FAMILIES = {
  'stolen-credential': family(
    'malicious',
    'One of your credentials is being used from a known-malicious address.',
    CREDENTIALS,
  ),
  'exfiltrated-credential': family(
    'malicious',
    'Credentials of one of your resources are being used from elsewhere.',
    [endTheRolesSessions],
    { advice: 'Find out how the credentials left the resource, for example by SSRF.' },
  ),
  'unusual-credential': family(
    'suspicious',
    'Credentials or data are being used in an unusual way.',
    CREDENTIALS,
    { asks: 'if-serious' },
  ),
  'attack-tools': family(
    'suspicious',
    'Credentials are being used from a system built for penetration tests.',
    CREDENTIALS,
    { advice: 'If a penetration test was agreed, add it to the planned work.' },
  ),
  'ai-use': family('suspicious', 'A model of Amazon Bedrock is being used in an unusual way.', [], {
    advice:
      'The caller is often an application that passes on text of its users. Check its guardrails and quotas before its credentials.',
  }),
  'logging-off': family(
    'suspicious',
    'Logging was switched off, which hides what follows.',
    [restoreTheLogging, ...CREDENTIALS],
    { asks: 'if-serious', advice: 'Switch the logging on again, then ask who switched it off.' },
  ),
  'account-setting': family(
    'unclear',
    'A setting of the account became weaker. There is no sign of an attack.',
    [],
    { advice: 'Restore the setting if no change was agreed.' },
  ),
  'root-user': family('unclear', 'The root user of the account is in use.', [secureTheRootUser], {
    asks: 'if-serious',
    advice: 'Ask the owner of the account whether it was planned.',
  }),
  'bucket-access': family(
    'suspicious',
    'A bucket or the account became accessible to more people.',
    [closeTheBucket, ...CREDENTIALS],
    { plannedBy: 'target', asks: 'if-serious' },
  ),
  'compromised-host': family(
    'malicious',
    'A host is acting in a way that its owner did not intend and appears to be compromised.',
    [logTheHost, isolateTheHost],
    { plannedBy: 'target' },
  ),
  'unusual-host': family(
    'suspicious',
    'A host behaves unusually: an attacker or a software change may be the cause.',
    [logTheHost, ...ifSevere([isolateTheHost])],
    { plannedBy: 'target' },
  ),
  'attacked-host': family(
    'suspicious',
    'An address is targeting one of your resources.',
    [watchTheActor, blockTheActor],
    {
      outbound: 'compromised-host',
      asks: 'if-serious',
      advice: 'Close the port, or put it behind a load balancer or a VPN.',
    },
  ),
  'compromised-workload': family(
    'malicious',
    'A process in a workload or on a host is acting for an attacker.',
    [logTheHost, ...containTheWorkload],
    { plannedBy: 'target' },
  ),
  'unusual-workload': family(
    'suspicious',
    'A process behaves unusually: an attacker or a deployment may be the cause.',
    [logTheHost, ...ifSevere(containTheWorkload)],
    { plannedBy: 'target' },
  ),
  'compromised-function': family(
    'malicious',
    'A function communicates with malicious addresses.',
    [logTheFunction, stopTheFunction],
    { plannedBy: 'target' },
  ),
  'database-login': family(
    'malicious',
    'Someone logged in to a database after guessing passwords, or from a malicious address.',
    [isolateTheDatabase],
    { asks: 'if-serious' },
  ),
  'database-attempt': family(
    'suspicious',
    'Someone is trying to log in to a database, so far without success.',
    ifSevere([isolateTheDatabase]),
    {
      succeeded: 'database-login',
      advice: 'Restrict the security groups of the database. Is it public?',
    },
  ),
  'cluster-caller': family(
    'malicious',
    'An anonymous user or a malicious address is using the Kubernetes API.',
    [isolateTheCluster],
    { advice: 'Revoke the access of the Kubernetes user, and rotate what it could read.' },
  ),
  'unusual-cluster': family(
    'suspicious',
    'A cluster is being used in an unusual way.',
    containTheWorkload,
    { asks: 'if-serious', plannedBy: 'target' },
  ),
  'cluster-setting': family(
    'suspicious',
    'A setting of a cluster gives more access than it should.',
    [isolateTheCluster],
    { plannedBy: 'target', advice: 'Remove the binding or the service that gives the access.' },
  ),
  'stored-malware': family(
    'malicious',
    'An image, a snapshot or a backup contains malware. Nothing runs from it yet.',
    [secureTheResource],
    { plannedBy: 'target', advice: 'Find the hosts that were started from it.' },
  ),
  'malicious-object': family(
    'malicious',
    'An object in a bucket contains malware.',
    [closeTheBucket],
    {
      plannedBy: 'target',
      advice: 'Deny access to this version of the object, or delete it.',
    },
  ),
  'credential-sequence': family(
    'malicious',
    'Several signals together show an attack with stolen credentials.',
    [...CREDENTIALS, isolateTheHost],
  ),
  'resource-sequence': family(
    'malicious',
    'Several signals together show an attack across resources.',
    [...CREDENTIALS, ...containTheWorkload],
  ),
  'exposed-credential': family(
    'suspicious',
    'AWS reports that a credential of this account is exposed or used by someone else.',
    [{ ...revokeTheKey, role: 'target' }],
  ),
  vulnerability: family(
    'unclear',
    'Inspector found a vulnerability. There is no sign of exploitation.',
    [],
    { pagesOnlyIfCritical: true },
  ),
  check: family(
    'unclear',
    'A check of a configuration or a version failed. There is no sign of exploitation.',
    [],
    { pagesOnlyIfCritical: true },
  ),
  'dangerous-mail': family('malicious', 'A delivered message turned out to be dangerous.', [
    quarantineTheMessage,
  ]),
  'account-takeover': family('malicious', 'Someone else is using one of your users or keys.', [
    watchTheActor,
    revokeTheApiKey,
    disableTheAccount,
  ]),
  unknown: family('unclear', 'The playbook has no entry for this type of alert.', []),
};
