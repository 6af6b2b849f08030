// Texts of the assessment on the page that asks.
import type { Alternative, Assessment, ForPeople } from '../../domain/assessment.ts';
import type { DeclaredScanner } from '../../domain/declared-scanner.ts';
import type { ReverseDns } from '../../domain/reverse-dns.ts';
import { capitalised, counted, oneLine, quoted } from '../../domain/wording.ts';
import type { Agreement } from '../agreement.ts';

const isByPlaybook = ({ origin, failure }: Assessment): boolean =>
  origin === 'playbook' || failure !== null;

export const ASSESSMENT = {
  heading: 'Assessment',
  verdict: 'Verdict',
  by: (given: Assessment): string =>
    `${capitalised(given.verdict)}, according to the ${isByPlaybook(given) ? 'playbook' : 'model'}`,
  supports: 'Supports it',
  unread: 'Evidence is cited, but it could not be read',
  noSupport: 'No evidence is cited',
  contradicts: 'Contradicts it',
  noContradiction: 'Nothing is cited. A reason to decline may still exist',
  lookedUp: 'Also looked up',
  scanners: 'Declared scanners',
  scanner: (value: string, { id, owner, why, until, by }: DeclaredScanner): string =>
    `Policy declares ${oneLine(value, 60)} as the scanner ${id} of ${owner} until ${until}${by ? ` (${by.kind} ${oneLine(by.value, 100)})` : ''}: ${why}`,
  names: 'Reverse DNS',
  name: (address: string, { names, count, claim }: ReverseDns): string => {
    const owner = `The owner of ${oneLine(address, 60)}`;
    if (claim?.isConfirmed)
      return `${owner} named it ${quoted(claim.name, 100)}. ${claim.domain}, which policy declares, lists the address. DNS answers are not authenticated`;
    if (claim)
      return `${owner} named it ${quoted(claim.name, 100)}, but ${claim.domain} does not list the address`;
    const [first] = names;
    if (!first) return `${owner} gave it no name`;
    const more = count > 1 ? `, the first of ${count} names` : '';
    return `${owner} named it ${quoted(first, 100)}${more}. Anyone can choose such a name`;
  },
  alternatives: 'Harmless explanations',
  alternative: ({ explanation }: Alternative): string => capitalised(CAUSES[explanation]),
  for: 'For it',
  against: 'Against it',
  nothing: 'nothing',
  noAlternative: (given: Assessment): string =>
    isByPlaybook(given) ? 'The playbook considers none' : 'None was considered',
  doubts: 'Checks that failed',
  playbook: 'Playbook',
  agrees: 'Agrees: it recommends the same action',
  differs: (verdict: string): string =>
    `Disagrees: it does not recommend this action (verdict: ${oneLine(verdict, 20)})`,
  isPlaybook: 'This is the playbook’s own recommendation',
  people: 'Earlier decisions',
  agreement: (found: Agreement | null): string => {
    if (found === null) return 'Earlier decisions could not be read';
    const { decided, agreed, of } = found;
    const like = 'the same action and type of finding';
    const among = of < 2 ? '' : ` (last ${of} incidents)`;
    if (decided === 0) return `No decision about ${like}${among}`;
    return `In ${agreed} of ${counted(decided, 'incident')}, people approved every request for ${like}${among}`;
  },
  words: 'The analysis in its own words',
  missing: 'Missing, according to the analysis',
  asRead: 'The lines that it cites, as it read them',
  forPeople: 'For people only. Countermand does none of it',
  act: ({ act }: ForPeople): string => capitalised(act.replaceAll('_', ' ')),
} as const;

const CAUSES: Readonly<Record<Alternative['explanation'], string>> = {
  'batch-job': 'batch job',
  scanner: 'scanner',
  change: 'change',
  test: 'test',
  travel: 'travel',
  misconfiguration: 'wrong configuration',
};
