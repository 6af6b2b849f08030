// Finds the family of an alert: by its row in the table, otherwise by its name.
import { type Alert, isPosture } from '../domain/alert.ts';
import type { Outcome } from './acts.ts';
import { FAMILIES, type Family, type FamilyName } from './families.ts';
import table from './types.data.json' with { type: 'json' };

/** Every active type of GuardDuty: its default severity and its family. */
const TYPES: Readonly<Record<string, string>> = table.types;

export type Row = { type: string; severity: string; family: FamilyName };

const isFamily = (name: string): name is FamilyName => name in FAMILIES;

export function rowOf(type: string): Row | null {
  // A type is text of the sender, such as `constructor`.
  const [severity, family] = Object.hasOwn(TYPES, type) ? (TYPES[type] ?? '').split(' ') : [];
  return severity && family && isFamily(family) ? { type, severity, family } : null;
}

export const rows = (): Row[] => Object.keys(TYPES).flatMap((type) => rowOf(type) ?? []);

/**
 * Types of other senders (docs/generic-alert.md), and of GuardDuty before and after the table. The first one applies.
 */
const PATTERNS: readonly (readonly [RegExp, FamilyName])[] = [
  [/^Health:AWS_RISK_/, 'exposed-credential'],
  [/^Inspector:/, 'vulnerability'],
  [/^Software and Configuration Checks/, 'check'],
  [/^(Phishing|Malware|Spam|Fraud):Mail\//, 'dangerous-mail'],
  [/^(CredentialStuffing|LoginFlood):/, 'attacked-host'],
  [/^AttackSequence:(IAM|S3)\//, 'credential-sequence'],
  [/^AttackSequence:/, 'resource-sequence'],
  [/^(AccountTakeover|CredentialAbuse):/, 'account-takeover'],
  [/(Instance|Resource)CredentialExfiltration/, 'exfiltrated-credential'],
  [/^Policy:IAMUser\/.*Root/, 'root-user'],
  [/^Policy:S3\//, 'bucket-access'],
  [/^Policy:Kubernetes\//, 'cluster-setting'],
  [/^Policy:/, 'account-setting'],
  [/^PenTest:/, 'attack-tools'],
  [/LoggingDisabled/, 'logging-off'],
  [/^Object:S3\//, 'malicious-object'],
  [/MaliciousFile!/, 'stored-malware'],
  [/:(IAMUser|S3)\/(MaliciousIPCaller|TorIPCaller|CompromisedCredentials)/, 'stolen-credential'],
  [/:(IAMUser|S3)\//, 'unusual-credential'],
  [/:Lambda\//, 'compromised-function'],
  [/:Kubernetes\/(MaliciousIPCaller|TorIPCaller|.*Anonymous)/, 'cluster-caller'],
  [/:(Kubernetes|EKS)\//, 'unusual-cluster'],
  [/:(ECS|Container)\//, 'compromised-workload'],
  [/:RDS\/.*Successful/, 'database-login'],
  [/:RDS\//, 'database-attempt'],
  [/BruteForce|PortProbe|MaliciousIPCaller|TorIPCaller/, 'attacked-host'],
  [/^(Behavior|DefenseEvasion|Discovery|Persistence):EC2\//, 'unusual-host'],
  [/:EC2\//, 'compromised-host'],
  [/^(DefenseEvasion|Discovery|Persistence):Runtime\//, 'unusual-workload'],
  [/:Runtime\//, 'compromised-workload'],
];

type Typed = Pick<Alert, 'type' | 'traffic'> & {
  entities: readonly Pick<Alert['entities'][number], 'kind' | 'attributes'>[];
};

export function familyNameOf(alert: Typed): FamilyName {
  // By the structure of the finding. The text of its type says nothing about an attack.
  if (isPosture(alert)) return 'check';
  const name =
    rowOf(alert.type)?.family ?? PATTERNS.find(([pattern]) => pattern.test(alert.type))?.[1];
  const { outbound }: Family = FAMILIES[name ?? 'unknown'];
  return alert.traffic.direction === 'outbound' && outbound ? outbound : (name ?? 'unknown');
}

export const familyOf = (alert: Typed): Family => FAMILIES[familyNameOf(alert)];

/** The family of what happened: a type may speak of attempts of which one succeeded. */
export function familyIn(alert: Typed, { outcome }: { outcome: Outcome }): Family {
  const family = familyOf(alert);
  return family.succeeded && outcome === 'succeeded' ? FAMILIES[family.succeeded] : family;
}

const GUIDE = 'https://docs.aws.amazon.com/guardduty/latest/ug/';
const GUIDES: readonly (readonly [RegExp, string])[] = [
  [/^AttackSequence:/, 'guardduty-attack-sequence-finding-types.html'],
  [/!AMI$/, 'compromised-ami.html'],
  [/!Snapshot$/, 'compromised-snapshot.html'],
  [/:EC2\/.*!RecoveryPoint$/, 'compromised-ec2-recoverypoint.html'],
  [/:S3\/.*!RecoveryPoint$/, 'compromised-s3-recoverypoint.html'],
  [/^Object:S3\//, 'compromised-s3object-malware-protection-gdu.html'],
  [/:S3\//, 'compromised-s3.html'],
  [/:IAMUser\//, 'compromised-creds.html'],
  [/:EC2\//, 'compromised-ec2.html'],
  [/:ECS\//, 'compromised-ecs.html'],
  [/:Container\//, 'remediate-compromised-standalone-container.html'],
  [/:Kubernetes\//, 'guardduty-remediate-kubernetes.html'],
  [/:Runtime\//, 'guardduty-remediate-runtime-monitoring.html'],
  [/:RDS\//, 'guardduty-remediate-compromised-database-rds.html'],
  [/:Lambda\//, 'remediate-lambda-protection-finding-types.html'],
];

/** AWS's guidance on an active type of GuardDuty; null for any other type. */
export function guideOf(type: string): string | null {
  const page = rowOf(type) && GUIDES.find(([pattern]) => pattern.test(type))?.[1];
  return page ? `${GUIDE}${page}` : null;
}
