// The analyst that is always there: a table of finding families, and no judgement beyond it.

import type { EntityKind } from '../domain/alert.ts';
import type { Recommendation } from '../domain/assessment.ts';
import type { ActionName } from '../domain/policy.ts';
import type { Analyst, Brief, Opinion } from './brief.ts';

type Step = {
  action: ActionName;
  /** Every entity of this kind that has this part in the alert becomes a target. */
  kind: EntityKind;
  part: 'actor' | 'target';
  confidence: number;
  because: string;
};
type Family = {
  pattern: RegExp;
  verdict: Opinion['verdict'];
  says: string;
  steps: readonly Step[];
};

const watchTheActor: Step = {
  action: 'add_ip_to_watchlist',
  kind: 'ip',
  part: 'actor',
  confidence: 90,
  because: 'The alert names this address as the other side; watching it harms nobody.',
};
const blockTheActor: Step = {
  action: 'block_ip_at_firewall',
  kind: 'ip',
  part: 'actor',
  confidence: 80,
  because: 'The address is on a threat list or attacks actively; a temporary block stops it.',
};
const revokeTheKey: Step = {
  action: 'revoke_api_key',
  kind: 'access-key',
  part: 'actor',
  confidence: 80,
  because:
    'The key was used in a way that its owner would not; while it works, the attacker works.',
};
const disableTheUser: Step = {
  action: 'disable_user_account_temporarily',
  kind: 'iam-user',
  part: 'actor',
  confidence: 75,
  because:
    'The user’s credentials are in other hands; other keys and the console stay open otherwise.',
};
const isolateTheHost: Step = {
  action: 'isolate_production_host',
  kind: 'instance',
  part: 'target',
  confidence: 80,
  because: 'The host itself appears to be compromised; it will go on until it is cut off.',
};
const logTheHost: Step = {
  action: 'increase_logging_verbosity',
  kind: 'instance',
  part: 'target',
  confidence: 80,
  because: 'Flow logs of the host show whom else it talks to.',
};

/** The first family whose pattern fits the type speaks. @see https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-active.html */
const FAMILIES: readonly Family[] = [
  {
    pattern: /^AttackSequence:/,
    verdict: 'malicious',
    says: 'Several signals together form an attack that goes on across resources.',
    steps: [watchTheActor, blockTheActor, revokeTheKey, disableTheUser],
  },
  {
    pattern: /BruteForce|PortProbe|Portscan|MaliciousIPCaller|:RDS\/|TorIPCaller/,
    verdict: 'malicious',
    says: 'An address that is known as malicious, or acts so, reaches for a resource of ours.',
    steps: [watchTheActor, blockTheActor, revokeTheKey],
  },
  {
    pattern: /:(IAMUser|S3)\//,
    verdict: 'suspicious',
    says: 'Credentials or data are used in a way that does not fit their past.',
    steps: [watchTheActor, revokeTheKey, disableTheUser],
  },
  {
    pattern:
      /^(Backdoor|CryptoCurrency|Trojan|Impact|Execution|UnauthorizedAccess|PrivilegeEscalation):(EC2|Runtime)/,
    verdict: 'malicious',
    says: 'A host does what its owner did not ask it to: it appears to be compromised.',
    steps: [logTheHost, isolateTheHost],
  },
  {
    pattern: /:(Kubernetes|ECS|EKS|Container)\//,
    verdict: 'suspicious',
    says: 'A cluster is used in an unusual way.',
    steps: [watchTheActor],
  },
];

const OTHERWISE: Omit<Family, 'pattern'> = {
  verdict: 'unclear',
  says: 'The playbook has no entry for this type of alert.',
  steps: [],
};

/** More than this many of one kind say that something larger goes on: then a person has to look. */
const MAX_TARGETS_PER_STEP = 3;

export const playbook: Analyst = {
  origin: 'playbook',
  model: null,
  judge: async (brief) => judge(brief),
};

export function judge({ alert }: Brief): Opinion {
  const family = FAMILIES.find(({ pattern }) => pattern.test(alert.type)) ?? OTHERWISE;
  const contained = family.steps.flatMap((step) =>
    targetsOf(alert, step).map((ref) => recommend(step, ref)),
  );
  return {
    verdict: family.verdict,
    summary: `${family.says} (${alert.type}, severity ${alert.severity.label})`.slice(0, 2000),
    recommendations: [...contained.slice(0, 8), ...told(alert)],
  };
}

const targetsOf = ({ entities }: Brief['alert'], { kind, part }: Step): string[] =>
  entities
    .filter((entity) => entity.kind === kind && entity.part === part)
    // Temporary credentials end by themselves and cannot be made inactive.
    .filter(({ kind: of, value }) => of !== 'access-key' || value.startsWith('AKIA'))
    .slice(0, MAX_TARGETS_PER_STEP)
    .map(({ ref }) => ref);

const recommend = ({ action, confidence, because }: Step, target: string): Recommendation => ({
  action,
  target,
  parameters: { durationMinutes: null },
  confidence,
  reasoning: because,
});

/** Every alert leaves a ticket; a grave one also wakes somebody. */
function told({ severity }: Brief['alert']): Recommendation[] {
  const about = (action: ActionName, reasoning: string): Recommendation => ({
    action,
    target: 'alert-1',
    parameters: { durationMinutes: null },
    confidence: 100,
    reasoning,
  });
  const ticket = about('create_alert_ticket', 'A person should look at every alert in daylight.');
  return severity.label === 'critical'
    ? [
        ticket,
        about('send_analyst_notification', 'It is critical: somebody should know of it now.'),
      ]
    : [ticket];
}
