// Checks an analysis against what it was given: evidence, references, verdict.
import { ActionName, changesOf } from '../domain/action-catalog.ts';
import type { Alert } from '../domain/alert.ts';
import type { Assessment, Claim, Recommendation } from '../domain/assessment.ts';
import { type Citable, isObservation } from '../domain/citable.ts';
import { isIdentity } from '../domain/service-account.ts';
import { unreadSources } from './unread-sources.ts';

/** Why an analysis is doubted, in words that quote none of it. Codes are stored and never change. */
export const DOUBTS = {
  'verdict-unsupported': 'The analysis cites no evidence that supports its verdict',
  'verdict-contradicts-acts': 'The analysis recommends changes that its verdict does not justify',
  'evidence-not-cited': 'The analysis cites no evidence for this recommendation',
  'evidence-not-found': 'The analysis cites evidence that does not exist',
  'evidence-does-not-fit':
    'The evidence that the analysis cites does not support this recommendation',
  'reference-not-found': 'The analysis names an entity that is not in the alert',
  'source-not-read': 'The analysis cites a source that was not read',
} as const;
export type DoubtCode = keyof typeof DOUBTS;
export const DOUBT_CODES = Object.keys(DOUBTS) as DoubtCode[];

/** Doubts about the whole answer, and about each recommendation, by its key. */
export type Doubts = {
  answer: readonly DoubtCode[];
  byRecommendation: Record<string, string[]>;
};
export const NO_DOUBTS: Doubts = { answer: [], byRecommendation: {} };

export const keyOf = ({ action, target }: Pick<Recommendation, 'action' | 'target'>): string =>
  `${action} ${target}`;

type Given = { alert: Pick<Alert, 'entities'>; citable: readonly Citable[] };

/**
 * Pure. A doubt about the whole answer also applies to every change that it recommends. Tickets and notifications
 * are never doubted.
 */
export function doubtsAbout(assessment: Assessment, given: Given): Doubts {
  if (assessment.failure !== null) return NO_DOUBTS;
  const answer = unique([
    ...doubtsAboutVerdict(assessment, given),
    ...textDoubts(assessment, given),
  ]);
  const byRecommendation = assessment.recommendations
    .filter((one) => changes(one))
    .map((one) => [keyOf(one), unique([...answer, ...doubtsAboutOne(one, given)])] as const)
    .filter(([, codes]) => codes.length > 0);
  return { answer, byRecommendation: Object.fromEntries(byRecommendation) };
}

const unique = <T>(all: readonly T[]): T[] => [...new Set(all)];

/** An unknown action counts as a change. */
function changes({ action }: Recommendation): boolean {
  const name = ActionName.safeParse(action).data;
  return (
    name === undefined || (name !== 'create_alert_ticket' && name !== 'send_analyst_notification')
  );
}

const cutsOff = ({ action }: Recommendation): boolean =>
  changesOf(ActionName.safeParse(action).data ?? null)?.cutsOff ?? false;

/** "Unclear" claims nothing. "Benign" may rest on a record of the account alone. */
function doubtsAboutVerdict(assessment: Assessment, { citable }: Given): DoubtCode[] {
  const {
    verdict,
    supports = [],
    contradicts = [],
    alternatives = [],
    recommendations,
  } = assessment;
  const claimed = [...supports, ...contradicts].flatMap(({ evidence }) => evidence);
  const weighed = alternatives.flatMap((one) => [...one.for, ...one.against]);
  const support = found(
    supports.flatMap(({ evidence }) => evidence),
    citable,
  );
  const isSupported = support.some(
    (one) => !one.isUntrusted && (verdict === 'benign' || isEvidence(one) || !hasEvidence(citable)),
  );
  const acts = recommendations.filter(changes);
  const contradicted =
    (verdict === 'benign' && acts.length > 0) || (verdict === 'unclear' && acts.some(cutsOff));
  return [
    ...(verdict !== 'unclear' && !isSupported ? ['verdict-unsupported' as const] : []),
    ...(contradicted ? ['verdict-contradicts-acts' as const] : []),
    ...(areAllFound([...claimed, ...weighed], citable) ? [] : ['evidence-not-found' as const]),
  ];
}

function doubtsAboutOne(one: Recommendation, given: Given): DoubtCode[] {
  const { because = [] } = one;
  if (because.length === 0) return ['evidence-not-cited'];
  if (!areAllFound(because, given.citable)) return ['evidence-not-found'];
  const cited = found(because, given.citable);
  return cited.some((line) => shows(line, one, given)) ? [] : ['evidence-does-not-fit'];
}

/**
 * Whether the line is about the target, trusted, and shows an act where something is cut off. Where a product gives no
 * evidence about the target, its facts must do.
 */
function shows(line: Citable, one: Recommendation, { alert, citable }: Given): boolean {
  const about = sameActor(one.target, alert);
  const isAbout = ({ refs }: Citable) => refs.length === 0 || refs.some((ref) => about.has(ref));
  const fits = (each: Citable) =>
    isEvidence(each) &&
    !each.isUntrusted &&
    isAbout(each) &&
    (!cutsOff(one) || isObservation(each));
  if (fits(line)) return true;
  return !citable.some(fits) && line.kind === 'facts' && isAbout(line);
}

/** A key, its user and its role act as one. */
function sameActor(target: string, { entities }: Pick<Alert, 'entities'>): ReadonlySet<string> {
  const entity = entities.find(({ ref }) => ref === target);
  if (!entity || !isIdentity(entity)) return new Set([target]);
  return new Set(entities.filter(isIdentity).map(({ ref }) => ref));
}

/** A numbered line of evidence, from the finding or a look-up. */
const isEvidence = ({ kind }: Citable): boolean => kind !== 'facts' && kind !== 'context';
const hasEvidence = (citable: readonly Citable[]): boolean =>
  citable.some((one) => isEvidence(one) && !one.isUntrusted);

const found = (ids: readonly string[], citable: readonly Citable[]): Citable[] =>
  citable.filter(({ id }) => ids.includes(id));
const areAllFound = (ids: readonly string[], citable: readonly Citable[]): boolean =>
  ids.every((id) => citable.some((one) => one.id === id));

/** What the sentences name: evidence, entities and sources. */
function textDoubts(assessment: Assessment, { alert, citable }: Given): DoubtCode[] {
  const { summary, supports = [], contradicts = [], recommendations } = assessment;
  const { missing = [], forPeople = [] } = assessment;
  const claims: Claim[] = [...supports, ...contradicts];
  const texts = [
    summary,
    ...claims.map(({ text }) => text),
    ...recommendations.map(({ reasoning }) => reasoning),
  ];
  // These speak of sources that people should read.
  const all = [...texts, ...missing, ...forPeople.map(({ text }) => text)];
  const named = (pattern: RegExp) => all.flatMap((text) => text.match(pattern) ?? []);
  const refs = new Set(alert.entities.map(({ ref }) => ref));
  return [
    ...(areAllFound(named(LINE), citable) ? [] : ['evidence-not-found' as const]),
    ...(named(REFERENCE).every((ref) => refs.has(ref)) ? [] : ['reference-not-found' as const]),
    ...(unreadSources(texts, citable).length === 0 ? [] : ['source-not-read' as const]),
  ];
}

const LINE = /\b[EAR]\d{1,3}\b/g;
/** As sources number the entities of an alert. */
const REFERENCE =
  /\b(?:ip|key|user|role|root|cognito-user|api-key|instance|eni|function|bucket|database|cluster|workload|domain|email|resource|alert)-\d{1,3}\b/g;
