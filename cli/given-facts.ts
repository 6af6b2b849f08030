// Facts of your own account for explain and replay, in place of the stand-in's.
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import type { Alert } from '../functions/domain/alert.ts';
import type { Facts } from '../functions/domain/facts.ts';
import type { Policy } from '../functions/policy/policy.ts';
import { withCurrentTimes } from '../local/samples.ts';
import { briefFor, prepared } from '../tools/eval/alert.ts';
import { Given } from '../tools/eval/case.ts';
import { readCase } from '../tools/eval/cases.ts';
import { factsOf } from '../tools/eval/facts.ts';
import type { createDryAccount } from './dry-account.ts';
import type { EventFile } from './events.ts';
import { Refused } from './refused.ts';

type DryAccount = Awaited<ReturnType<typeof createDryAccount>>;

/** The facts on an alert, and the planned work of their account. */
export type GivenFacts = {
  facts: (alert: Alert, policy: Policy, now: Date) => Promise<Facts>;
  plannedWork: Policy['plannedWork'] | null;
};

export const isCase = (path: string): boolean => extname(path) === '.yaml';

const refuse = (path: string, error: unknown): Refused =>
  new Refused(`cannot read ${path}: ${whatIsWrong(error)}`);

function whatIsWrong(error: unknown): string {
  if (error instanceof z.core.$ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}

/** The event of a case with current times, and its facts. Throws Refused for a file that is no case. */
export async function readCaseEvent(
  path: string,
  now = new Date(),
): Promise<{ event: EventFile; given: GivenFacts }> {
  try {
    const { body, facts, policy } = await prepared(readCase(path));
    const current = withCurrentTimes(body, JSON.parse(body), now);
    return {
      event: { name: path, body: current },
      given: { facts: async () => facts, plannedWork: policy.plannedWork },
    };
  } catch (error) {
    throw refuse(path, error);
  }
}

/** A YAML or JSON file of facts by reference, such as `key-1`, in the form of a case. Throws Refused. */
export function readGivenFacts(path: string): GivenFacts {
  try {
    const given = z.record(z.string(), Given).parse(parse(readFileSync(path, 'utf8')));
    return {
      facts: (alert, policy, now) => factsOf(alert, given, { policy, now }),
      plannedWork: null,
    };
  } catch (error) {
    throw refuse(path, error);
  }
}

const Enriched = z.looseObject({
  incidentId: z.string(),
  alertId: z.string(),
  brief: z.looseObject({}),
});

/** Replaces the facts that the stand-ins know, before anything is analysed or decided. */
export function useFacts({ functions, store, policy }: DryAccount, given: GivenFacts): void {
  const { enrich } = functions;
  if (!enrich) return;
  functions.enrich = async (payload) => {
    const result = Enriched.parse(await enrich(payload));
    const { incidentId, alertId } = result;
    const alert = await store.records.alert(incidentId, alertId);
    const now = new Date();
    const facts = await given.facts(alert, policy, now);
    const { brief, facts: citable } = briefFor({ alert, facts, policy, now });
    await store.records.putFacts(incidentId, alertId, citable);
    return { ...result, brief };
  };
}
