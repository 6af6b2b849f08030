// npm run dossier: tokens of each finding's dossier, and how much is untrusted.
import { readFileSync } from 'node:fs';
import { type EventFile, readEvents } from '../cli/events.ts';
import type { Out, Outcome } from '../cli/output.ts';
import type { Alert } from '../functions/domain/alert.ts';
import type { EntityFacts, Facts } from '../functions/domain/facts.ts';
import { isIdentity } from '../functions/domain/service-account.ts';
import { counted, visible } from '../functions/domain/wording.ts';
import { dossierOf } from '../functions/dossier/dossier.ts';
import { countTokens, TOKENIZER } from '../functions/dossier/tokens.ts';
import { addressFacts } from '../functions/enrich/address.ts';
import { unreadFunction } from '../functions/enrich/function.ts';
import { unreadHistory } from '../functions/enrich/history.ts';
import { unreadIdentity } from '../functions/enrich/identity.ts';
import { unreadInstance } from '../functions/enrich/instance.ts';
import { canonicalAddress } from '../functions/platform/ip-address.ts';
import { loadPolicy, POLICIES } from '../functions/policy/load.ts';
import { normalise } from '../functions/sources/normalise.ts';
import { valuesAt } from '../functions/sources/read-evidence.ts';
import type { Finding } from '../functions/sources/source.ts';
import { unwrap } from '../functions/sources/unwrap.ts';

const NONCE = '00000000';
const WHY = 'nothing was looked up';
const NOW = new Date().toISOString();

/** Facts as they are before any look-up. */
async function unreadFacts({ entities }: Pick<Alert, 'entities'>): Promise<Facts> {
  const all = entities.map(async ({ ref, kind, value }): Promise<EntityFacts> => {
    const unknown = { known: false, why: WHY } as const;
    return {
      ref,
      protectedBy: { known: true, value: null },
      history: unreadHistory(WHY),
      address:
        kind === 'ip'
          ? { ...(await addressFacts(value)), ownedBy: unknown, seenOnWeb: unknown }
          : null,
      instance: kind === 'instance' ? unreadInstance(WHY) : null,
      lambda: kind === 'function' ? unreadFunction(WHY) : null,
      identity: isIdentity({ kind }) ? unreadIdentity(WHY) : null,
      plannedWork: null,
    };
  });
  return {
    readAt: NOW,
    calendar: { known: true, value: 'none' },
    entities: await Promise.all(all),
  };
}

type Measured = { name: string; tokens: number; chosen: number; verbatim: number; dossier: string };

async function measured({ name, body }: EventFile, paths: readonly string[]): Promise<Measured[]> {
  return Promise.all(
    unwrap(body).map(async (finding) => {
      if ('error' in finding) throw finding.error;
      const dossier = await dossierAbout(finding);
      // An address carries no words, and an analysis needs it.
      const texts = paths
        .flatMap((path) => valuesAt(finding.body, path))
        .filter((one) => typeof one === 'string')
        .filter((one) => one !== '' && canonicalAddress(one) === null);
      const emptied = without(finding.body, new Set(texts)) as typeof finding.body;
      const others = await dossierAbout({ ...finding, body: emptied });
      return {
        ...{ name, dossier, tokens: countTokens(dossier) },
        chosen: texts.reduce((sum, text) => sum + text.length, 0),
        verbatim: texts.reduce((sum, text) => sum + shownOf(text, dossier, others), 0),
      };
    }),
  );
}

async function dossierAbout(finding: Finding): Promise<string> {
  const { dossierTokens: budgets, tags } = loadPolicy(POLICIES, 'local').analysis;
  const alert: Alert = {
    ...normalise(finding),
    ...{ alertId: 'al-0000000000000000', news: [], causedBy: null, generation: 1, proof: null },
  };
  return dossierOf(
    {
      ...{ alert, facts: await unreadFacts(alert), decisions: [], plannedWork: [], now: NOW },
      incident: { openedAt: NOW, alerts: [] },
      earlier: { known: true, value: [] },
    },
    { nonce: NONCE, budgets, tags },
  ).text;
}

/** The finding with `x` in place of the texts. */
function without(value: unknown, texts: ReadonlySet<string>): unknown {
  if (typeof value === 'string') return texts.has(value) ? 'x' : value;
  if (Array.isArray(value)) return value.map((one) => without(one, texts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, without(inner, texts)]),
  );
}

const WINDOW = 12;

/**
 * Characters of the text that the dossier repeats: all of them if it holds the whole text, else those in runs of at
 * least 12. What the dossier of the same finding without these texts also says proves nothing.
 */
export function shownOf(text: string, dossier: string, others: string): number {
  const clear = visible(text);
  if (dossier.includes(clear) && !others.includes(clear)) return text.length;
  let shown = 0;
  for (let at = 0; at + WINDOW <= clear.length; ) {
    const run = clear.slice(at, at + WINDOW);
    if (!dossier.includes(run) || others.includes(run)) {
      at += 1;
      continue;
    }
    let length = WINDOW;
    while (at + length < clear.length && dossier.includes(clear.slice(at, at + length + 1)))
      length += 1;
    shown += length;
    at += length;
  }
  return shown;
}

/** A list of paths, or an object with `fields` that have one each. */
function pathsIn(file: string): string[] {
  const json = JSON.parse(readFileSync(file, 'utf8'));
  const all: unknown[] = Array.isArray(json) ? json : json.fields;
  return all.map((one) =>
    typeof one === 'string' ? one : String(valuesAt(one, 'path_eventbridge')[0] ?? ''),
  );
}

type Options = { paths?: string | undefined; show?: boolean | undefined };

export async function measureDossiers(
  path: string,
  { paths: file, show }: Options,
  out: Out,
): Promise<Outcome> {
  const paths = file ? pathsIn(file) : [];
  const results: Measured[] = [];
  let rejected = 0;
  for (const event of readEvents(path))
    try {
      results.push(...(await measured(event, paths)));
    } catch (error) {
      rejected += 1;
      out.line(`${event.name}: not a finding (${error instanceof Error ? error.message : error})`);
    }
  for (const { name, tokens, chosen, verbatim, dossier } of results) {
    const share = chosen > 0 ? `, ${verbatim} of ${chosen} untrusted characters` : '';
    out.line(`${String(tokens).padStart(5)} tokens${share}  ${name}`);
    if (show) out.line(`${dossier}\n`);
  }
  const sizes = results.map(({ tokens }) => tokens).toSorted((a, b) => a - b);
  const at = (share: number) =>
    sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * share))] ?? 0;
  const [chosen, verbatim] = [
    results.reduce((sum, one) => sum + one.chosen, 0),
    results.reduce((sum, one) => sum + one.verbatim, 0),
  ];
  out.line(
    `${counted(sizes.length, 'finding')}, tokens by ${TOKENIZER}: median ${at(0.5)}, p90 ${at(0.9)}, worst ${at(1)}`,
  );
  if (chosen > 0)
    out.line(
      `untrusted characters, without addresses, that reach the model: ${verbatim} of ${chosen} (${((100 * verbatim) / chosen).toFixed(1)} %)`,
    );
  return {
    exitCode: 0,
    results: results.map(({ dossier: _, ...figures }) => figures),
    counts: {
      findings: results.length,
      rejected,
      median: at(0.5),
      p90: at(0.9),
      worst: at(1),
      chosen,
      verbatim,
    },
  };
}
