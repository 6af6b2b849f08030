// Composes the dossier: what the model gets about an alert, within its budgets.
import { type Alert, isPosture } from '../domain/alert.ts';
import type { EntityFacts, Facts } from '../domain/facts.ts';
import { activityLines } from './activity-lines.ts';
import { changeLines } from './change-lines.ts';
import { configLines } from './config-lines.ts';
import { contextLines } from './context-lines.ts';
import { entityLines } from './entity-lines.ts';
import { evidenceLines, refList } from './evidence-lines.ts';
import { featuresOf, quoteWith } from './features.ts';
import { flowLines } from './flow-lines.ts';
import type { DossierInput } from './input.ts';
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
import { reassuringEvidence, reassuringFacts } from './reassuring.ts';
import type { Unknown } from './unknowns.ts';
import { minute, shownValue, typeText } from './values.ts';

/** Changes with the form of the dossier, which a test enforces. Part of the version of the prompt. */
export const DOSSIER_FORMAT = 13;

/** The maximum number of tokens of each part, and of the whole. */
export type Budgets = Readonly<
  Record<'alert' | 'entities' | 'evidence' | 'unknowns' | 'context' | 'total', number>
>;

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
    ...activityLines(alert, facts.entities),
    ...flowLines(facts.entities),
    ...evidenceLines(alert, quote, reassuringEvidence(alert, facts.entities)),
    ...configLines(facts.entities),
    ...changeLines(facts.entities),
    ...nameLines(facts.entities),
  ];
  const signals = new Map<string, number>();
  for (const { refs } of evidence)
    for (const ref of refs) signals.set(ref, (signals.get(ref) ?? 0) + 1);
  const { lines, unknowns, others } = entityLines(alert, factsByRef, tags, signals, quote);
  const citedFacts = (ref: string) => {
    const entity = alert.entities.find((one) => one.ref === ref);
    const known = factsByRef.get(ref);
    const given = { alert, all: facts.entities };
    return factsOn(ref, entity && known ? reassuringFacts(entity, known, given) : false);
  };
  const parts = [
    part('ALERT', alertLines(input, quote).map(uncited), budgets.alert),
    part(
      'ENTITIES',
      [
        ...lines.map(({ ref, text }) => ({ text, cites: [citedFacts(ref)] })),
        ...(others ? [{ text: others.text, cites: others.refs.map(citedFacts) }] : []),
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
