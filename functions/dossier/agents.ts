// Classifies user agents, commands, request paths, domains and network owners.
import { visible } from '../domain/wording.ts';
import { featuresOf, isQuotable, type Quote } from './features.ts';

type Class = readonly [name: string, pattern: RegExp];

const firstOf = (classes: readonly Class[], text: string): string[] => {
  const found = classes.find(([, pattern]) => pattern.test(text));
  return found ? [found[0]] : [];
};
const allOf = (classes: readonly Class[], text: string): string[] =>
  classes.filter(([, pattern]) => pattern.test(text)).map(([name]) => name);

const CLIENTS: readonly Class[] = [
  ['pacu', /pacu/i],
  ['trufflehog', /trufflehog/i],
  ['prowler', /prowler/i],
  ['scoutsuite', /scout ?suite/i],
  ['s3 browser', /s3 ?browser/i],
  ['aws-cli', /aws-cli/i],
  ['terraform', /terraform/i],
  ['cloudformation', /cloudformation/i],
  ['an AWS service', /^[\w-]+\.amazonaws\.com$/i],
  ['aws console', /console\.amazonaws|signin\.amazonaws|AWS-?Console/i],
  ['boto3', /boto3/i],
  ['botocore', /botocore/i],
  ['aws-sdk', /aws-sdk/i],
  ['kubectl', /kubectl/i],
  ['kubelet', /kubelet/i],
  ['helm', /helm\//i],
  ['kube client', /kubernetes\/|client-go/i],
  ['curl', /curl/i],
  ['wget', /wget/i],
  ['python', /python/i],
  ['go', /go-http-client|^go\//i],
  ['java', /java\//i],
  ['powershell', /powershell/i],
  ['security scanner', /nmap|nikto|sqlmap|nuclei|masscan|zgrab|nessus|qualys/i],
  ['browser', /mozilla\//i],
];
const SYSTEMS: readonly Class[] = [
  ['kali', /kali/i],
  ['parrot', /parrot/i],
  ['pentoo', /pentoo/i],
  ['windows', /windows|win32/i],
  ['macos', /darwin|macos/i],
  ['linux', /linux/i],
];

/** `aws-cli on kali [142 characters]`. */
export function agentOf(text: string): string {
  const client = firstOf(CLIENTS, text)[0] ?? 'unknown client';
  const system = firstOf(SYSTEMS, text);
  return `${client}${system.length > 0 ? ` on ${system[0]}` : ''} ${featuresOf(text)}`;
}

const PROGRAMS: readonly Class[] = (
  'sh bash zsh python perl ruby php node curl wget nc ncat socat ssh scp kubectl docker crictl nsenter chroot mount chmod chown sudo su useradd passwd crontab systemctl base64 openssl xxd tar dd rm iptables tcpdump nmap masscan xmrig minerd ps cat ls env id whoami uname find grep gcc make pip npm apt yum powershell aws' as const
)
  .split(' ')
  .map((name) => [name, new RegExp(`(?:^|[\\s/;|&"'=,(])${name}(?:[\\s;|&"',)\\d.]|$)`)] as const);
const DEEDS: readonly Class[] = [
  ['opens a network shell', /\/dev\/(?:tcp|udp)\/|\bnc\b.*\s-e|mkfifo|\bsocat\b.*exec/i],
  ['interactive shell', /\b(?:ba|z)?sh\b\s+-i/],
  ['pipes a download into a shell', /(?:curl|wget)[^|]*\|\s*(?:ba|z)?sh/],
  ['decodes base64', /base64\s+(?:-d|--decode)|FromBase64/i],
  [
    'reads credentials',
    /\.aws\/credentials|\/etc\/shadow|serviceaccount\/token|169\.254\.169\.254/,
  ],
  ['writes to temporary files', /\/(?:tmp|dev\/shm|var\/tmp)\//],
  ['deletes files', /\brm\s+-\w*[rf]/],
  ['stops logging', /history\s+-c|HISTFILE|auditctl\s+-D|setenforce\s+0/],
  ['mines', /stratum\+|xmrig|minerd/i],
  ['adds a scheduled job', /crontab|\/etc\/cron/],
];

/** Programs and deeds of a command line. Quoted only if `isQuotable`: here, the words decide. */
export function commandOf(text: string, quote: Quote): string {
  const clear = visible(text);
  const known = [
    ...allOf(PROGRAMS, clear).map((name) => `runs ${name}`),
    ...allOf(DEEDS, clear),
  ].slice(0, 8);
  const shown = isQuotable(text) ? quote(text) : featuresOf(text);
  return `${known.join(', ')}${known.length > 0 ? ' ' : ''}${shown}`;
}

/** Query parameters of a call to Kubernetes: the command, and whether it is interactive. */
export function parametersOf(text: string, quote: Quote): string {
  const query = new URLSearchParams(text);
  const command = query.getAll('command').join(' ');
  const flags = ['stdin', 'tty'].filter((name) => query.get(name) === 'true');
  if (command === '') return featuresOf(text);
  return `command ${commandOf(command, quote)}${flags.length > 0 ? ` with ${flags.join(' and ')}` : ''}`;
}

const KUBERNETES_KINDS = new Set(
  'pods deployments daemonsets statefulsets replicasets jobs cronjobs secrets configmaps services serviceaccounts nodes namespaces roles clusterroles rolebindings clusterrolebindings persistentvolumes persistentvolumeclaims ingresses endpoints events selfsubjectaccessreviews selfsubjectrulesreviews tokenreviews customresourcedefinitions mutatingwebhookconfigurations validatingwebhookconfigurations'.split(
    ' ',
  ),
);
const SUBRESOURCES = new Set(
  'exec attach portforward proxy log status scale token ephemeralcontainers eviction'.split(' '),
);
const NAMESPACES = new Set('kube-system kube-public kube-node-lease default'.split(' '));

/** `pods in kube-system, exec` from a path of the Kubernetes API. */
export function uriOf(text: string): string {
  const segments = (visible(text).split('?')[0] ?? '').split('/').filter(Boolean);
  const kinds = segments.filter((one) => KUBERNETES_KINDS.has(one));
  const kind = kinds.findLast((one) => one !== 'namespaces') ?? kinds[0];
  const after = segments[segments.indexOf('namespaces') + 1];
  const isIn = segments.includes('namespaces') && after !== undefined;
  const sub = segments.find((one) => SUBRESOURCES.has(one));
  if (!kind) return featuresOf(text);
  const place = isIn ? ` in ${namespaceOf(after)}` : '';
  return `${kind}${place}${sub ? `, ${sub}` : ''}`;
}

export const namespaceOf = (text: string): string =>
  NAMESPACES.has(text) ? text : `another namespace ${featuresOf(text)}`;

const VERBS = new Set(
  'get list watch create update patch delete deletecollection impersonate bind escalate approve use post put head options'.split(
    ' ',
  ),
);
/** Values of a closed set, such as verbs and kinds of Kubernetes. Anything else is described. */
export const closed = (text: string): string =>
  text
    .split(', ')
    .map((one) => (isClosed(one) ? one : featuresOf(one)))
    .join(', ');

const GROUPS =
  /^(?:system:(?:masters|authenticated|unauthenticated|nodes|serviceaccounts(?::default|:kube-system)?|anonymous|bootstrappers|node-proxier)|cluster-admin|admin|edit|view|anonymous)$/;
const TYPES = new Set(
  'Pod pod Deployment deployment DaemonSet daemonset StatefulSet statefulset ReplicaSet replicaset Job job CronJob cronjob IAMUser AssumedRole Root FederatedUser AWSService AWSAccount Role User Directory IdentityCenterUser WebIdentityUser SAMLUser'.split(
    ' ',
  ),
);
const isClosed = (one: string): boolean =>
  VERBS.has(one.toLowerCase()) ||
  KUBERNETES_KINDS.has(one) ||
  SUBRESOURCES.has(one) ||
  GROUPS.test(one) ||
  TYPES.has(one);

const HOSTNAME = /^(?=.{4,60}$)(?:[a-z\d](?:[a-z\d-]{0,22}[a-z\d])?\.){1,4}[a-z]{2,18}\.?$/i;

/** A plain host name is quoted, because the model may know it. Long and encoded ones are described. */
export function domainOf(text: string, quote: Quote): string {
  const labels = visible(text).split('.').filter(Boolean);
  const isPlain = HOSTNAME.test(text) && !labels.some((one) => one.split('-').length > 3);
  if (isPlain && isQuotable(text)) return quote(text);
  const longest = Math.max(0, ...labels.map((one) => one.length));
  return `${labels.length} labels, the longest with ${longest} characters ${featuresOf(text)}`;
}

const NETWORKS: readonly Class[] = [
  ['Amazon', /amazon|aws/i],
  ['Microsoft', /microsoft|azure/i],
  ['Google', /google/i],
  ['Cloudflare', /cloudflare/i],
  ['DigitalOcean', /digital ?ocean/i],
  ['OVH', /\bovh/i],
  ['Hetzner', /hetzner/i],
  ['Linode or Akamai', /linode|akamai/i],
  ['Oracle', /oracle/i],
  ['Alibaba', /alibaba|aliyun/i],
  ['Tencent', /tencent/i],
  ['Vultr or Choopa', /vultr|choopa/i],
  ['a VPN or Tor', /\bvpn|\btor\b|mullvad|nordvpn|m247|datacamp/i],
  ['a hoster', /host|server|vps|cloud|data ?cent|colo/i],
  ['a telecom provider', /tele|mobile|broadband|cable|communicat|comcast|vodafone|orange|verizon/i],
  ['a university', /universit|college|academ/i],
];
/** The class of the owner of a network. Anyone may run a network and name it. */
export const networkOf = (text: string): string =>
  firstOf(NETWORKS, text)[0] ?? `unknown ${featuresOf(text)}`;

/** Lists of AWS and its partners; any other is a list of the account itself. */
export const threatListOf = (text: string): string =>
  text
    .split(', ')
    .map((one) => firstOf(LISTS, one)[0] ?? `a custom list ${featuresOf(one)}`)
    .join(', ');
const LISTS: readonly Class[] = [
  ['ProofPoint', /^proofpoint$/i],
  ['CrowdStrike', /^crowdstrike$/i],
  ['Amazon', /^(?:amazon|aws)\w{0,24}$/i],
  ['Tor', /^tor\b.{0,20}$/i],
  ['BitDefender', /^bitdefender$/i],
];
