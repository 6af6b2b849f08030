// Sentences for each kind of evidence, from the fields of its line.
import type { CitableKind } from '../../domain/citable.ts';
import { capitalised, counted, words } from '../../domain/wording.ts';
import type { Line, Take, Writer } from './evidence-fields.ts';
import { activityText, callsText, configText, flowText } from './log-sentences.ts';

/** What the writer does not say itself follows as details. */
export function sentencesOf(line: Line): string {
  const left = new Map(line.fields);
  const take: Take = (name) => {
    const value = left.get(name);
    left.delete(name);
    return value === undefined ? undefined : line.shown(truth(value));
  };
  const said = (WRITERS[line.kind] ?? listed(words(line.kind)))(take, line);
  const details = [...left].map(
    ([name, value]) => `${fieldInWords(name)} ${line.shown(truth(value))}`,
  );
  if (details.length === 0) return ended(said);
  return said.endsWith(':')
    ? `${said} ${ended(details.join(', '))}`
    : `${ended(said)} Also: ${ended(details.join(', '))}`;
}

const ended = (text: string): string => (/[.…]$/.test(text) ? text : `${text}.`);
const truth = (value: string): string =>
  value === 'true' ? 'yes' : value === 'false' ? 'no' : value;

/** Fields that need no sentence of their own. */
const listed =
  (title: string): Writer =>
  (_, { about, lead, shown }) =>
    `${capitalised(title)}${about === '' ? '' : ` (${about})`}:${lead === '' ? '' : ` ${shown(lead)}`}`;

const blocking = (blocked: string | undefined, seen: string): string =>
  blocked === undefined ? seen : blocked === 'yes' ? 'was blocked' : 'was not blocked';

const WRITERS: Partial<Record<CitableKind, Writer>> = {
  'api-call': (take) => {
    const [api, service, error] = [take('api'), take('service'), take('error')];
    const caller = take('callerType');
    const from = caller && (caller === 'Remote IP' ? ' from a remote address' : ` by a ${caller}`);
    const what = `${api ?? 'A call'}${service ? ` of ${service}` : ''}`;
    return `${what} was ${api ? 'called' : 'made'}${from ?? ''}${error ? ` and failed with ${error}` : ''}`;
  },
  connection: (take) => {
    const direction = take('direction')?.toLowerCase();
    const protocol = take('protocol')?.toUpperCase();
    const [local, remote] = [take('localPort'), take('remotePort')];
    const [source, destination] = [take('sourcePort'), take('destinationPort')];
    const [to, from] =
      direction === 'outbound'
        ? [remote && `remote port ${remote}`, local && `local port ${local}`]
        : [local && `local port ${local}`, remote && `remote port ${remote}`];
    const target = destination ? `port ${destination}` : to;
    const origin = source ? `port ${source}` : from;
    const what = [direction, protocol, 'connection'].filter(Boolean).join(' ');
    return `${/^[aeiou]/.test(what) ? 'An' : 'A'} ${what}${target ? ` to ${target}` : ''}${origin ? ` from ${origin}` : ''} ${blocking(take('blocked'), 'was seen')}`;
  },
  'port-probe': (take) => {
    const ports = take('ports') ?? '';
    const many = ports.includes(',');
    const blocked = take('blocked');
    return `${ports === '' ? 'A port' : `Port${many ? 's' : ''} ${ports}`} ${many ? 'were' : 'was'} probed${blocked === undefined ? '' : `, and the probe${many ? 's were' : ' was'}${blocked === 'yes' ? '' : ' not'} blocked`}`;
  },
  'dns-request': (take) =>
    `The name ${take('domain') ?? 'of a host'} was looked up in DNS${blockedToo(take('blocked'))}`,
  login: (take) => {
    const [failed, successful, user] = [take('failed'), take('successful'), take('user')];
    const as = user ? ` as ${user}` : '';
    const passed = successful === undefined || successful === '0' ? 'none' : successful;
    // Without counts, the product does not say whether it succeeded.
    if (failed === undefined)
      return successful === undefined
        ? `A login${as} was attempted`
        : `${passed === 'none' ? 'No login' : counted(passed, 'login')}${as} succeeded`;
    return `${counted(failed, 'login')}${as} failed${successful === undefined ? '' : `, and ${passed} succeeded`}`;
  },
  'kubernetes-call': (take) => {
    const what = [take('verb'), take('uri') ?? take('resource'), take('subresource')];
    const [status, allowed] = [take('status'), take('permissionAllowed')];
    const call = what.filter(Boolean).join(' ');
    const end = allowed
      ? `Kubernetes ${allowed === 'yes' ? 'allows' : 'denies'} it`
      : status && `Kubernetes answered with status ${status}`;
    return `A call to Kubernetes${call === '' ? '' : `: ${call}`}${end ? `. ${end}` : ''}`;
  },
  signal: (take, { about }) => {
    const [signal = 'a signal', type, count] = [take('signal'), take('type'), take('count')];
    const severity = take('severity');
    const who = SIGNALS.get(type ?? '') ?? 'There was';
    return `${who} ${signal}${about === '' ? '' : ` about ${about}`}${count && count !== '1' ? `, ${count} times` : ''}${severity ? ` (severity ${severity})` : ''}`;
  },
  activity: activityText,
  change: (take, line) => (line.source === 'config' ? configText : callsText)(take, line),
  flow: flowText,
  traffic: flowText,
  'host-name': (take, { about }) => {
    const name = take('name') ?? 'unknown';
    if (name === 'none') return `${about} has no name in DNS`;
    if (name.startsWith('a host of ')) return `${about} is ${name}`;
    return name.startsWith('claims ')
      ? `${about} claims to be a host of ${name.slice('claims '.length)}`
      : `The name of ${about} in DNS: ${name}`;
  },
  facts: (_, { about, lead, shown }) =>
    lead === ''
      ? `No facts about ${about} are listed`
      : `Facts about ${about}: ${shown(lead.split('; ').map(factText).join('; '))}`,
  context: (_, { lead, shown }) =>
    contextText(
      shown,
      lead.replace(
        /^(\S+Z) people (declined|reversed) (\w+) on/,
        (__, at, did, action) =>
          `${at}: people ${did === 'declined' ? 'declined' : 'undid'} “${words(action)}” on`,
      ),
    ),
  threat: listed('threat intelligence'),
  resource: listed('state of the resource'),
  anomaly: listed('reported behavior'),
  runtime: listed('on the host'),
  malware: listed('malware scan'),
  indicator: listed('indicators'),
  control: listed('security check'),
  finding: (take) =>
    take('resourceRole') === 'ACTOR' ? 'The affected resource acts in the attack' : 'Finding:',
};

const contextText = (shown: Line['shown'], text: string): string =>
  capitalised(shown(text))
    .replace(/^Change calendar none\b/, 'Policy names no change calendar')
    .replace(/^Change calendar (open|closed)\b/, 'The change calendar is $1');

const SIGNALS: ReadonlyMap<string, string> = new Map([
  ['CLOUD_TRAIL', 'The sequence includes the call'],
  ['FINDING', 'A finding reports'],
]);

const blockedToo = (blocked: string | undefined): string =>
  blocked === undefined ? '' : `, and that ${blocking(blocked, '')}`;

const FACTS: readonly (readonly [RegExp, string])[] = [
  [/^PROTECTED by /, 'protected by policy: '],
  [/^not ours$/, 'no resource of this account has it'],
  [/^OURS \((.*)\)$/, 'it belongs to this account: $1'],
  [/^a person or unmarked$/, 'not marked as a service account'],
  [/^key (Active|Inactive)$/, 'the key is $1'],
  [/^(\d+) groups\b/, 'groups: $1'],
  [/^(declined|reversed by people) before: (\d+)$/, 'actions on it that people $1: $2'],
  [/^in force: /, 'actions in force: '],
];
const factText = (fact: string): string => {
  const [pattern, text] = FACTS.find(([one]) => one.test(fact)) ?? [];
  return pattern && text !== undefined ? fact.replace(pattern, text) : fact;
};

const FIELDS: ReadonlyMap<string, string> = new Map([
  ['api', 'API'],
  ['ssl', 'TLS'],
  ['mfa', 'MFA'],
  ['kubernetesUser', 'Kubernetes user'],
  ['recorded', 'the flow logs record'],
  ['begun by either', 'connections that either side began'],
]);
/** `userType` as `user type`. */
const fieldInWords = (name: string): string =>
  FIELDS.get(name) ??
  (/^[a-z]+(?:[A-Z][a-z\d]*)+$/.test(name)
    ? name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : name);
