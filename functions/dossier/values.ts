// Renders each value of a piece of evidence, by its name and by who chooses it.
import type { Evidence } from '../domain/evidence.ts';
import { visible } from '../domain/wording.ts';
import {
  agentOf,
  closed,
  commandOf,
  domainOf,
  namespaceOf,
  networkOf,
  parametersOf,
  threatListOf,
  uriOf,
} from './agents.ts';
import { featuresOf, isProse, knownWords, type Quote } from './features.ts';
import { withoutSecrets } from './secrets.ts';

const MAX_VALUE = 160;

/** A value that AWS determines. A sentence is described: no such value is one. */
export function shownValue(text: string): string {
  const clear = withoutSecrets(visible(text)).replaceAll(/[<>]/g, ' ').trim();
  if (PROSE_NOT_ALLOWED.test(clear)) return featuresOf(text);
  return clear.length > MAX_VALUE
    ? `${clear.slice(0, MAX_VALUE).toWellFormed()}… [${clear.length} characters]`
    : clear;
}
/** Names of calls and types, which AWS assigns. Findings repeat text of others in some of them. */
export function namedOf(name: string, text: string): string {
  if (!NAMES.has(name)) return shownValue(text);
  const parts = text.split(', ');
  return parts
    .map((one) => (CALL.test(one) || TYPE.test(one) || INDICATOR.test(one) ? one : featuresOf(one)))
    .join(', ');
}
const NAMES = new Set(['signal', 'api', 'recentApi', 'alsoTypes', 'indicator', 'indicators']);
const INDICATOR = /^[A-Z][A-Z_]{2,40}$/;
/** `Exfiltration:S3/AnomalousBehavior` */
const TYPE = /^[A-Z][A-Za-z]{2,30}:[A-Za-z0-9]{2,20}\/[A-Z][\w.!&-]{2,60}$/;

/** Names of finding types are AWS's. A partner can write any text into one. */
const PLAIN_TYPE = /^[\w:./!&\- ]{1,120}$/;
export const typeText = (type: string): string =>
  PLAIN_TYPE.test(type) ? shownValue(type) : featuresOf(type);

export const minute = (at: string | null | undefined): string =>
  at ? `${at.slice(0, 16)}Z` : 'unknown';

/** Text of this account's own policy. */
export const ownText = (text: string): string =>
  withoutSecrets(visible(text)).replaceAll(/[<>]/g, ' ').trim().slice(0, 200).toWellFormed();

const PROSE_NOT_ALLOWED = /(?:\p{L}{2,} ){4,}\p{L}{2,}/u;

const RENDER: Readonly<Record<string, (text: string, quote: Quote) => string>> = {
  userAgent: agentOf,
  parameters: parametersOf,
  commandLine: commandOf,
  uri: uriOf,
  namespace: namespaceOf,
  verb: closed,
  resource: closed,
  subresource: closed,
  workloadType: closed,
  groups: closed,
  impersonatedGroups: closed,
  boundRole: closed,
  domain: domainOf,
  domainWithSuffix: domainOf,
  threatList: threatListOf,
  remediation: remediationOf,
  relatedFindings: (text) => `${text.split(', ').length}`,
  sourceAddresses: addressesIn,
  recentCredentials: (text) => (/^[A-Z\d, ]+$/.test(text) ? text : featuresOf(text)),
  path: programOf,
  name: programOf,
  parents: (text) => text.split(', ').map(programOf).join(' < '),
  parentNames: (text) => text.split(', ').map(programOf).join(' < '),
  hostPath: pathsOf,
  mounts: pathsOf,
  mountSource: pathsOf,
  mountTarget: pathsOf,
  image: imageOf,
  user: accountOf,
  kubernetesUser: kubernetesUserOf,
  impersonatedUser: kubernetesUserOf,
  indicatorValues: indicatorValueOf,
};

/** A value whose text an attacker may choose. Its words reach the model only where they decide. */
export function untrustedOf(
  kind: Evidence['kind'],
  name: string,
  text: string,
  quote: Quote,
): string {
  if (kind === 'anomaly' && !(name in RENDER)) return anomalyOf(name, text);
  return (RENDER[name] ?? featuresOf)(text, quote);
}

const API_LIST = /^(?:[\w.-]+\.amazonaws\.com:\[[\w:, /-]*\][ ,]*)+$/;
const NUMBERED = /asnNumber: ?(\d{1,10})/g;

/** Lists of API calls, numbers of networks, types of users. */
function anomalyOf(name: string, text: string): string {
  if (API_LIST.test(text)) return shownValue(text);
  if (/agent/i.test(name)) return agentOf(text);
  const numbers = [...text.matchAll(NUMBERED)].map(([, number]) => `AS${number}`);
  if (numbers.length > 0)
    return `${numbers.slice(0, 8).join(', ')} (${networkOf(text.replaceAll(NUMBERED, ''))})`;
  const isCalls = /api/i.test(name) && text.split(', ').every((one) => CALL.test(one));
  if (isCalls) return shownValue(text);
  return closed(text.length > 300 ? text.slice(0, 300) : text);
}
/** `iam:CreateUser` or `CreateUser`. */
const CALL = /^(?:[a-z\d-]{2,24}:)?[A-Z][a-z]+(?:[A-Z][A-Za-z\d]{1,30}){0,5}$/;

/** Indicators repeat names of calls and tactics, addresses, and user agents. */
function indicatorValueOf(text: string): string {
  const parts = text.split(', ');
  return parts
    .slice(0, 8)
    .map((one) => (CALL.test(one) || ADDRESS.test(one) || TACTIC.test(one) ? one : featuresOf(one)))
    .join(', ');
}
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f:]{4,39})$/i;
const TACTIC =
  /^(?:T\d{4}(?:\.\d{3})?|Reconnaissance|Resource Development|Initial Access|Execution|Persistence|Privilege Escalation|Defense Evasion|Credential Access|Discovery|Lateral Movement|Collection|Command and Control|Exfiltration|Impact)$/;

function addressesIn(text: string): string {
  const parts = text.split(', ');
  return parts
    .slice(0, 4)
    .map((one) => (ADDRESS.test(one) ? one : featuresOf(one)))
    .join(', ');
}

function remediationOf(text: string): string {
  return /^https:\/\/docs\.aws\.amazon\.com\/[\w./#-]{1,120}$/.test(text) ? text : featuresOf(text);
}

/** System programs by name, with where they lie. Any other program is described. */
const SYSTEM_PROGRAM =
  /^(?:(?:\/usr)?(?:\/local)?\/s?bin\/)?(sh|bash|dash|zsh|python[\d.]*|perl|ruby|php[\d.]*|node|java|nginx|httpd|apache2|sshd|ssh|systemd|init|cron|crond|sudo|su|curl|wget|nc|ncat|socat|kubelet|dockerd|containerd|runc|containerd-shim[\w-]*|mysqld|postgres|redis-server|powershell|cmd)$/;
function programOf(text: string): string {
  const [, name] = SYSTEM_PROGRAM.exec(text) ?? [];
  if (name) return text.startsWith('/') ? text : name;
  return `another program${placeOf(text)} ${featuresOf(text)}`;
}

const PLACES: readonly (readonly [string, RegExp])[] = [
  [' in a temporary directory', /^\/(?:tmp|var\/tmp|dev\/shm|run)\//],
  [' in a home directory', /^\/(?:home|root)\//],
  [' in a system directory', /^\/(?:usr|bin|sbin|lib|opt)\//],
];
const placeOf = (text: string): string => PLACES.find(([, where]) => where.test(text))?.[0] ?? '';

/** Paths of a host that give control over it. */
const SENSITIVE =
  /^\/(?:|etc|root|var\/run\/docker\.sock|run\/containerd\/containerd\.sock|var\/lib\/kubelet|proc|sys|dev|var\/log|home|var\/run|boot|tmp|etc\/kubernetes|sys\/fs\/cgroup)\/?$/;
function pathsOf(text: string): string {
  const parts = text.split(', ');
  const sensitive = parts.filter((one) => SENSITIVE.test(one));
  const others = parts.length - sensitive.length;
  return [...sensitive, ...(others > 0 ? [`${others} other`] : [])].join(', ');
}

/** The registry of an image. Its name and tag are the author's. */
function imageOf(text: string): string {
  return text
    .split(', ')
    .slice(0, 3)
    .map((one) => {
      const [, registry] =
        /^(\d{12}\.dkr\.ecr\.[a-z\d-]+\.amazonaws\.com|public\.ecr\.aws|docker\.io|gcr\.io|ghcr\.io|quay\.io|registry\.k8s\.io)\//.exec(
          one,
        ) ?? [];
      return `from ${registry ?? 'an unnamed registry'} ${featuresOf(one)}`;
    })
    .join(', ');
}

const ACCOUNTS = new Set(
  'root admin administrator postgres mysql sa guest ec2-user ubuntu nobody www-data nginx system oracle rdsadmin master'.split(
    ' ',
  ),
);
function accountOf(text: string): string {
  return text
    .split(', ')
    .slice(0, 5)
    .map((one) => (ACCOUNTS.has(one.toLowerCase()) ? one : featuresOf(one)))
    .join(', ');
}

function kubernetesUserOf(text: string): string {
  const [, namespace, rest] = /^system:serviceaccount:([^:]+):(.+)$/.exec(text) ?? [];
  if (namespace && rest) return `service account in ${namespaceOf(namespace)} ${featuresOf(rest)}`;
  if (/^system:(?:anonymous|unauthenticated|node|kube-[a-z-]{1,30}|apiserver)$/.test(text))
    return text;
  return accountOf(text);
}

/** The name of a resource: how long it is, and its words from the vocabulary. */
export function nameFeatures(text: string): string {
  const words = knownWords(text);
  const isPlain = /^[\w.@/+=,:-]{1,128}$/.test(text) && !isProse(text);
  if (!isPlain) return featuresOf(text);
  return `[name of ${text.length} characters${words.length > 0 ? `; words: ${words.join(' ')}` : ''}]`;
}
