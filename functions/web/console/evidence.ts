// Evidence for and against an attack, and unknown facts, from the records.
import type { Alert, Entity } from '../../domain/alert.ts';
import type { Citable, CitableKind } from '../../domain/citable.ts';
import { type EntityFacts, knownOf, scannerIn } from '../../domain/facts.ts';
import { capitalised, counted, oneLine, quoted, utc } from '../../domain/wording.ts';
import { lookedUp, type NameOf, namesIn, type Point } from '../../messaging/texts/looked-up.ts';
import { seenText } from '../../messaging/texts/reason.ts';
import { unknownsOf } from '../../messaging/texts/unknown.ts';
import { evidencePoint } from '../texts/evidence-line.ts';
import type { IncidentView } from './incident-view.ts';

export type Evidence = { supports: Point[]; contradicts: Point[]; unknown: Point[] };

const PRODUCT = 'The finding';
/** What shows an act. The other kinds describe the resource, or are looked up. */
const OBSERVED: ReadonlySet<CitableKind> = new Set<CitableKind>([
  ...(['api-call', 'connection', 'port-probe', 'dns-request', 'login', 'kubernetes-call'] as const),
  ...(['signal', 'threat', 'anomaly', 'runtime', 'malware', 'indicator'] as const),
]);
const MAX_REPORTED = 5;
const RECORDS = 'Records of Countermand';

/** Of the most severe alert, whose facts were read last. */
export function evidenceOf({ worst, actions, now, incident }: IncidentView): Evidence {
  if (!worst)
    return {
      supports: [],
      contradicts: [],
      unknown: [{ text: 'The alert', from: 'Its record can’t be read' }],
    };
  const { alert, facts } = worst;
  const entities = facts?.entities ?? [];
  const nameOf = namesIn(alert.entities);
  const partOf = (ref: string) => alert.entities.find((one) => one.ref === ref)?.part;
  const about = (write: (facts: EntityFacts, name: string) => Point[]) =>
    entities.flatMap((one) => write(one, nameOf(one.ref)));
  const own = actions.filter(({ alertId }) => alertId === alert.alertId);
  return {
    supports: [
      { text: `${quoted(alert.title, 200)} ${seenText(alert, now)}`, from: PRODUCT },
      ...reportedIn(facts?.citable ?? [], { alert, now }),
      ...(incident.alerts.length > 1
        ? [{ text: `${incident.alerts.length} alerts belong to this incident.`, from: RECORDS }]
        : []),
      ...about((one, name) => supportsIn(one, { name, part: partOf(one.ref), nameOf, now })),
    ],
    contradicts: [
      ...(alert.sample
        ? [{ text: 'The product marks this finding as a sample.', from: PRODUCT }]
        : []),
      ...(alert.causedBy ? [{ text: oneLine(alert.causedBy.why), from: RECORDS }] : []),
      ...about(contradictsIn),
    ],
    unknown: unknownsOf(own, facts, alert).map(({ what, of, why }) => ({
      text: capitalised(of ? `${what} (${of})` : what),
      from: capitalised(why),
    })),
  };
}

/** What the product observed, by kind: never by what an analysis says about it. */
const reportedIn = (lines: readonly Citable[], reader: { alert: Alert; now: Date }): Point[] =>
  lines
    .filter(({ kind, text }) => OBSERVED.has(kind) && text !== '')
    .slice(0, MAX_REPORTED)
    .map((line) => evidencePoint(line, reader));

type About = { name: string; part: Entity['part'] | undefined; nameOf: NameOf; now: Date };

function supportsIn(facts: EntityFacts, { name, part, nameOf, now }: About): Point[] {
  const { history, address, reverseDns } = facts;
  // The private address of a host is in every alert about it.
  const earlier = part === 'related' ? 0 : (knownOf(history.earlierIncidents)?.length ?? 0);
  // Requests from an address of this account, which the alert also names, are no sign of an attack.
  const web = part === 'actor' ? knownOf(address?.seenOnWeb) : undefined;
  const claim = knownOf(reverseDns)?.claim;
  return [
    ...lookedUp(facts, nameOf, now),
    ...(claim && !claim.isConfirmed
      ? [
          {
            text: `${name} is named ${quoted(claim.name, 60)}, but ${claim.domain} does not list the address.`,
            from: 'DNS',
          },
        ]
      : []),
    ...(earlier > 0
      ? [
          {
            text: `${name} was named in ${counted(earlier, 'earlier incident')}.`,
            from: RECORDS,
          },
        ]
      : []),
    ...(web && web.requests > 0
      ? [
          {
            text: `${name} sent at least ${counted(web.requests, 'web request')}, the last at ${utc(web.lastAt, now)}.`,
            from: 'Requests that AWS WAF sampled',
          },
        ]
      : []),
  ];
}

function contradictsIn(facts: EntityFacts, name: string): Point[] {
  const { history, address, identity, plannedWork } = facts;
  const declined = knownOf(history.declined) ?? 0;
  const reversed = knownOf(history.reversedByPeople) ?? 0;
  const services = knownOf(address?.awsServices) ?? [];
  const scanner = scannerIn(facts);
  const owner = knownOf(address?.ownedBy);
  const point = (holds: unknown, text: string, from: string): Point[] =>
    holds ? [{ text, from }] : [];
  return [
    ...point(
      plannedWork,
      `Planned work ${quoted(plannedWork ?? '', 60)} covers ${name} now.`,
      'Change calendar in policy',
    ),
    ...point(
      scanner,
      `Policy declares a scanner of ${quoted(scanner?.owner ?? '', 60)} at ${name}.`,
      'Policy',
    ),
    ...point(
      declined,
      `People declined ${counted(declined, 'earlier proposal')} about ${name}.`,
      RECORDS,
    ),
    ...point(reversed, `People undid ${counted(reversed, 'earlier action')} on ${name}.`, RECORDS),
    ...point(
      services.length,
      `${name} belongs to AWS: ${services.join(', ')}.`,
      'Address ranges that AWS publishes',
    ),
    ...point(owner, `${name} belongs to this account: ${oneLine(owner ?? '', 100)}.`, 'EC2'),
    ...point(
      knownOf(identity?.serviceAccount),
      `${name} is a service account.`,
      'IAM path and tags',
    ),
  ];
}
