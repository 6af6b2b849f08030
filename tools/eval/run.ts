// Evaluates the analysts that were named, and lists what was measured.
import { playbook } from '../../functions/analyse/playbook-analyst.ts';
import { loadPolicy, POLICIES } from '../../functions/policy/load.ts';
import type { Answer } from './answers.ts';
import { BOUNDS } from './bounds.ts';
import type { Situation } from './cases.ts';
import { type Evaluated, evaluateAll } from './evaluate.ts';
import { asking, clientOf, type Provider, recorded } from './models.ts';

export const WITHOUT_KEY = [
  'playbook',
  'recorded',
  'suppress',
  'everything',
  'asks',
  'outage',
] as const;
export const PROVIDERS = [...WITHOUT_KEY, 'anthropic', 'bedrock'] as const;
export type Name = (typeof PROVIDERS)[number];
type ByCode = Exclude<Name, Provider | 'recorded'>;
export const isModel = (name: Name): name is Provider => name === 'anthropic' || name === 'bedrock';
export const isByCode = (name: Name): name is ByCode => !isModel(name) && name !== 'recorded';

export type Run = {
  name: Name;
  /** Empty if nothing was measured. */
  results: readonly Evaluated[];
  /** What the figures rest on. */
  basis: string;
};

export type Requests = {
  /** The first hash that each case asked, by its ID. */
  hashes: ReadonlyMap<string, string>;
  /** Recorded answers to requests that no case makes any more. */
  stale: readonly Answer[];
};

export const settings = () => loadPolicy(POLICIES, 'local').analysis;

/** Evaluates recorded answers. A case without one is not evaluated: a missing answer is no outage. */
export async function runRecorded(
  situations: readonly Situation[],
  answers: ReadonlyMap<string, Answer>,
): Promise<{ run: Run; requests: Requests }> {
  const hashes = new Map<string, string>();
  const asked = new Set<string>();
  const results: Evaluated[] = [];
  const found: Answer[] = [];
  const analysis = settings();
  for (const situation of situations) {
    let isAnswered = true;
    const analyst = recorded(analysis, answers, (hash, answer) => {
      if (!hashes.has(situation.id)) hashes.set(situation.id, hash);
      asked.add(hash);
      isAnswered &&= answer !== undefined;
      if (answer) found.push(answer);
    });
    const [result] = await evaluateAll([situation], analyst);
    if (result && isAnswered) results.push(result);
  }
  const standIns = found.filter(({ kind }) => kind === 'stand-in').length;
  const basis =
    results.length === 0
      ? 'nothing measured, because no answer is recorded'
      : `${results.length} of ${situations.length} cases; ${found.length - standIns} answers of a model, ${standIns} stand-ins written by a person`;
  const stale = [...answers.values()].filter(({ hash }) => !asked.has(hash));
  return { run: { name: 'recorded', results, basis }, requests: { hashes, stale } };
}

type Env = Readonly<Record<string, string | undefined>>;

/** Asks a model about every case, and records its answers. */
export async function runModel(
  name: Provider,
  situations: readonly Situation[],
  { env, record, now }: { env: Env; record: (answer: Answer) => void; now: () => Date },
): Promise<Run> {
  const analysis = settings();
  const client = clientOf(name, analysis, env);
  let situation = '';
  const analyst = asking(
    analysis,
    { provider: name, client, situation: () => situation, now, record },
    env.AWS_REGION,
  );
  const results: Evaluated[] = [];
  for (const one of situations) {
    situation = one.id;
    results.push(...(await evaluateAll([one], analyst, analysis.secondsInAll * 1000)));
  }
  const failures = results.filter(({ assessment }) => assessment.failure !== null).length;
  const basis = `${results.length} cases, ${failures} without a usable answer`;
  return { name, results, basis };
}

export async function runByCode(name: ByCode, situations: readonly Situation[]): Promise<Run> {
  const analyst = name === 'playbook' ? playbook : BOUNDS[name]();
  const results = await evaluateAll(situations, analyst);
  return { name, results, basis: `${countsIn(situations)}, by code alone` };
}

/** As `78 cases, 14 twins and 14 payloads`. */
function countsIn(situations: readonly Situation[]): string {
  const count = (of: Situation['kind']) => situations.filter(({ kind }) => kind === of).length;
  return `${count('base')} cases, ${count('twin')} twins and ${count('payload')} payloads`;
}
