// Checks an analysis against what it was given: evidence, references, verdict.
import { ActionName } from '../domain/action-catalog.ts';
import type { Assessment, Recommendation } from '../domain/assessment.ts';
import type { Citable } from '../domain/citable.ts';
import { areAllFound, cutsOff, found, type Given, isVerdictSupported, shows } from './grounding.ts';
import { isEnglish } from './language.ts';
import { areCallsGiven, areThingsGiven } from './named.ts';
import { areQuantitiesGiven } from './quantities.ts';
import { areSourcesRead } from './unread-sources.ts';

/** Why an analysis is doubted, in words that quote none of it. Codes are stored and never change. */
export const DOUBTS = {
  'verdict-unsupported': 'The analysis cites no evidence that supports its verdict',
  'verdict-contradicts-acts': 'The analysis recommends changes that its verdict does not justify',
  'evidence-not-cited': 'The analysis claims or recommends something without citing evidence',
  'evidence-not-found': 'The analysis cites evidence that does not exist',
  'evidence-does-not-fit':
    'The evidence that the analysis cites does not support this recommendation',
  'reference-not-found': 'The analysis names something that is not in the alert',
  'source-not-read': 'The analysis names a source that it does not cite',
  'number-not-found': 'The analysis states a number that its evidence does not show',
  'text-not-checked': 'The analysis is not in English, so its claims were not checked',
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

/** Each claim needs a line. A line may be cited in vain: only the ones that exist count as support. */
function doubtsAboutVerdict(assessment: Assessment, given: Given): DoubtCode[] {
  const {
    verdict,
    supports = [],
    contradicts = [],
    alternatives = [],
    recommendations,
  } = assessment;
  const claims = [...supports, ...contradicts];
  const cited = [
    ...claims,
    ...alternatives.map((one) => ({ evidence: [...one.for, ...one.against] })),
  ];
  const acts = recommendations.filter(changes);
  const contradicted =
    (verdict === 'benign' && acts.length > 0) || (verdict === 'unclear' && acts.some(cutsOff));
  return [
    ...(isVerdictSupported(assessment, given) ? [] : ['verdict-unsupported' as const]),
    ...(contradicted ? ['verdict-contradicts-acts' as const] : []),
    ...(claims.every(({ evidence }) => evidence.length > 0) ? [] : ['evidence-not-cited' as const]),
    ...(cited.every(({ evidence }) => areAllFound(evidence, given.citable))
      ? []
      : ['evidence-not-found' as const]),
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
 * What the sentences name: evidence, entities, calls, sources and numbers. A sentence that cites lines may name only
 * what they have; the summary may name all that was read.
 */
function textDoubts(assessment: Assessment, given: Given): DoubtCode[] {
  const { alert, citable } = given;
  const { summary, supports = [], contradicts = [], recommendations } = assessment;
  const { missing = [], forPeople = [] } = assessment;
  const sentences: { text: string; lines: readonly Citable[] }[] = [
    { text: summary, lines: citable },
    ...[...supports, ...contradicts].map(({ text, evidence }) => ({
      text,
      lines: found(evidence, citable),
    })),
    ...recommendations.map(({ reasoning, because = [] }) => ({
      text: reasoning,
      lines: found(because, citable),
    })),
  ];
  const texts = sentences.map(({ text }) => text);
  // These speak of sources that people should read, and of calls that may have happened.
  const all = [...texts, ...missing, ...forPeople.map(({ text }) => text)];
  const named = (pattern: RegExp) => all.flatMap((text) => text.match(pattern) ?? []);
  const refs = new Set(alert.entities.map(({ ref }) => ref));
  const areLinesGiven = areAllFound(named(LINE), citable) && areCallsGiven(texts, given);
  const areEntitiesGiven =
    named(REFERENCE).every((ref) => refs.has(ref)) && areThingsGiven(all, given);
  return [
    ...(areLinesGiven ? [] : ['evidence-not-found' as const]),
    ...(areEntitiesGiven ? [] : ['reference-not-found' as const]),
    ...(sentences.every(({ text, lines }) => areSourcesRead(text, lines))
      ? []
      : ['source-not-read' as const]),
    ...(sentences.every(({ text, lines }) => areQuantitiesGiven(text, lines, alert))
      ? []
      : ['number-not-found' as const]),
    ...([...all, all.join('. ')].every(isEnglish) ? [] : ['text-not-checked' as const]),
  ];
}

const LINE = /\b[EAR]\d{1,3}\b/g;
/** As sources number the entities of an alert. */
const REFERENCE =
  /\b(?:ip|key|user|role|root|cognito-user|api-key|instance|eni|function|bucket|database|cluster|workload|domain|email|resource|alert)-\d{1,3}\b/g;
