// Composes the dossier: what the model gets about an alert, within its budgets.
import { type Alert, isPosture } from '../domain/alert.ts';
import type { EntityFacts, Fact, Facts } from '../domain/facts.ts';
import type { Incident } from '../domain/incident.ts';
import { activityLines } from './activity-lines.ts';
import { changeLines } from './change-lines.ts';
import { configLines } from './config-lines.ts';
import { entityLines } from './entity-lines.ts';
import { evidenceLines, refList } from './evidence-lines.ts';
import { featuresOf, quoteWith } from './features.ts';
import { flowLines } from './flow-lines.ts';
import { nameLines } from './name-lines.ts';
import {
  contextual,
  type Dossier,
  factsOn,
  numbered,
  part,
  uncited,
  withinTotal,
} from './parts.ts';
import { possibleActions } from './possible-actions.ts';
import { scannerLines } from './scanner-text.ts';
import type { Unknown } from './unknowns.ts';
import { ownText, shownValue } from './values.ts';

/** Changes with the form of the dossier, which a test enforces. Part of the version of the prompt. */
export const DOSSIER_FORMAT = 10;

/** The maximum number of tokens of each part, and of the whole. */
export type Budgets = Readonly<
  Record<'alert' | 'entities' | 'evidence' | 'unknowns' | 'context' | 'total', number>
>;

/** What people decided about one of the entities before. */
export type EarlierDecision = {
  ref: string;
  action: string;
  /** `declined`, or `reversed-by-person`. */
  event: string;
  at: string;
  /** Reasons of a closed list. */
  reasons: readonly string[];
  /** Free text of people. Not shown by its words: an attacker may have an account. */
  text: string;
};

export type EarlierIncident = {
  incidentId: string;
  openedAt: string;
  types: string[];
  outcome: Incident['outcome'];
};

export type DossierInput = {
  alert: Alert;
  facts: Facts;
  incident: Pick<Incident, 'openedAt' | 'alerts'>;
  earlier: Fact<EarlierIncident[]>;
  decisions: readonly EarlierDecision[];
  plannedWork: readonly { id: string; why: string }[];
  now: string;
};

export type DossierOptions = {
  /** New for each request. Fixed in tests. */
  nonce: string;
  budgets: Budgets;
  /** Names of the tags whose values may be shown. */
  tags: readonly string[];
};

/** Eight actions with eight references each. */
const MAX_POSSIBLE_TOKENS = 250;

/** The same input gives the same text. Every part that exceeds its budget says how many lines it left out. */
export function dossierOf(input: DossierInput, { nonce, budgets, tags }: DossierOptions): Dossier {
  const { alert, facts } = input;
  const quote = quoteWith(nonce);
  const factsByRef = new Map<string, EntityFacts>(facts.entities.map((one) => [one.ref, one]));
  const evidence = [
    ...activityLines(facts.entities),
    ...flowLines(facts.entities),
    ...evidenceLines(alert, quote),
    ...configLines(facts.entities),
    ...changeLines(facts.entities),
    ...nameLines(facts.entities),
  ];
  const signals = new Map<string, number>();
  for (const { refs } of evidence)
    for (const ref of refs) signals.set(ref, (signals.get(ref) ?? 0) + 1);
  const { lines, unknowns, others } = entityLines(alert, factsByRef, tags, signals, quote);
  const parts = [
    part('ALERT', alertLines(input, quote).map(uncited), budgets.alert),
    part(
      'ENTITIES',
      [
        ...lines.map(({ ref, text }) => ({ text, cites: [factsOn(ref)] })),
        ...(others ? [{ text: others.text, cites: others.refs.map(factsOn) }] : []),
      ],
      budgets.entities,
    ),
    part('POSSIBLE', possibleActions(alert, factsByRef).map(uncited), MAX_POSSIBLE_TOKENS),
    part('EVIDENCE', evidence.map(numbered), budgets.evidence),
    part('UNKNOWN', unknownLines(unknowns, facts).map(uncited), budgets.unknowns),
    part('CONTEXT', contextLines(input).map(contextual), budgets.context),
  ];
  return withinTotal(
    parts.filter(({ text }) => text !== ''),
    budgets.total,
  );
}

const minute = (at: string | null | undefined): string => (at ? `${at.slice(0, 16)}Z` : 'unknown');

function alertLines(
  { alert, incident, now }: DossierInput,
  quote: ReturnType<typeof quoteWith>,
): string[] {
  const { severity, traffic, source, state, sample, causedBy, account, region } = alert;
  const ports = traffic.localPort === null ? '' : ` port ${traffic.localPort}`;
  const marks = [
    state !== 'active' && `state ${state}`,
    sample && 'SAMPLE FINDING',
    isPosture(alert) && 'posture: no activity was observed',
    causedBy && 'probably caused by an action of Countermand',
  ].filter(Boolean);
  return [
    `now ${minute(now)}; type ${typeText(alert.type)}; severity ${severity.score} ${severity.label}; source ${source}; account ${account} ${region}`,
    `first seen ${minute(alert.firstSeenAt)}, last ${minute(alert.lastSeenAt)}, seen ${alert.count} times; incident opened ${minute(incident.openedAt)}`,
    ...(traffic.layer === 'unknown'
      ? []
      : [
          `traffic ${traffic.layer} ${traffic.direction}${ports}${traffic.protocol ? ` ${shownValue(traffic.protocol)}` : ''}`,
        ]),
    ...(marks.length > 0 ? [marks.join('; ')] : []),
    ...titleOf(alert, quote),
    ...aboutOf(alert),
    ...alert.notes.filter((note) => NOTES.some((known) => known.test(note))),
    ...alert.news.map((one) => `changed since the last assessment: ${newsOf(one)}`),
  ];
}

/** Types are names of AWS. A partner can write any text into one. */
const TYPE = /^[\w:./!&\- ]{1,120}$/;
const typeText = (type: string): string => (TYPE.test(type) ? shownValue(type) : featuresOf(type));

/** GuardDuty's titles repeat names that an attacker may choose, and its types say the same. */
function titleOf(
  { source, title, type, entities }: Alert,
  quote: ReturnType<typeof quoteWith>,
): string[] {
  if (source === 'guardduty' || /^[A-Za-z]+:[A-Za-z0-9]+\//.test(type)) return [];
  // Titles of controls and vulnerabilities are AWS's own.
  return isPosture({ entities }) ? [`title ${quote(title)}`] : [`title ${featuresOf(title)}`];
}

/** Attributes of the whole finding that no evidence repeats. */
function aboutOf({ entities }: Alert): string[] {
  const attributes = entities.find(({ kind }) => kind === 'alert')?.attributes ?? {};
  return attributes.vulnerabilityId
    ? [`vulnerability ${shownValue(attributes.vulnerabilityId)}`]
    : [];
}

/** Notes of intake that hold no text of the event. */
const NOTES: readonly RegExp[] = [
  /^The attack comes from this account/,
  /^GuardDuty names the resource as the actor/,
  /^Several ports were probed: [\d, ]+$/,
  /^The finding describes no action$/,
  /^The severity could not be read/,
  /^\d+ more entities are not listed/,
  /^The finding names no /,
];

/** The first words of a change are Countermand's; the rest quotes entities. */
const newsOf = (text: string): string => /^[^:“"]{3,60}/.exec(text)?.[0].trim() ?? featuresOf(text);

function unknownLines(unknowns: readonly Unknown[], { calendar }: Facts): string[] {
  const byReason = Map.groupBy(unknowns, ({ why }) => why);
  const lines = [...byReason].map(([why, all]) => {
    const refsByFact = Map.groupBy(all, ({ fact }) => fact);
    const factsByRefs = Map.groupBy([...refsByFact], ([, of]) =>
      refList(
        of.map(({ ref }) => ref),
        8,
      ),
    );
    const what = [...factsByRefs].map(
      ([refs, facts]) => `${facts.map(([fact]) => fact).join(', ')} of ${refs}`,
    );
    return `${what.join('; ')}: ${why}`;
  });
  return calendar.known ? lines : [...lines, 'change calendar: could not be read'];
}

function contextLines({
  alert,
  facts,
  incident,
  earlier,
  decisions,
  plannedWork,
}: DossierInput): string[] {
  const covering = new Set(facts.entities.flatMap(({ plannedWork: id }) => id ?? []));
  return [
    facts.calendar.known
      ? `change calendar ${facts.calendar.value}; facts read ${minute(facts.readAt)}`
      : `facts read ${minute(facts.readAt)}`,
    ...plannedWork
      .filter(({ id }) => covering.has(id))
      .map(({ id, why }) => `planned work ${id} covers it: ${ownText(why)}`),
    ...scannerLines(facts.entities),
    ...decisions.map(
      ({ ref, action, event, at, reasons, text }) =>
        `${minute(at)} people ${event === 'declined' ? 'declined' : 'reversed'} ${action} on ${ref}${reasons.length > 0 ? `, reason ${reasons.join(' ')}` : ''}${text ? `, comment ${featuresOf(text)}` : ''}`,
    ),
    ...otherAlerts(alert, incident),
    ...earlierLines(earlier),
  ];
}

function otherAlerts({ alertId }: Alert, { alerts }: DossierInput['incident']): string[] {
  const others = alerts.filter((one) => one.alertId !== alertId);
  if (others.length === 0) return [];
  const types = others
    .slice(-5)
    .map(
      ({ type, severity, outcome }) =>
        `${typeText(type)} ${severity}${outcome ? ` (${outcome})` : ''}`,
    );
  return [`${others.length} other alerts in this incident: ${types.join(', ')}`];
}

export function earlierLines(earlier: Fact<EarlierIncident[]>): string[] {
  if (!earlier.known) return ['earlier incidents: could not be read'];
  return earlier.value.map(
    ({ openedAt, types, outcome }) =>
      `earlier incident ${openedAt.slice(0, 10)}: ${types.map(typeText).join(', ')}${outcome ? `, ended ${outcome}` : ''}`,
  );
}
