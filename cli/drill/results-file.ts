// The file that carries drill results from a staging account to production.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { Drill } from '../../functions/domain/drill.ts';
import { Refused } from '../refused.ts';

const ResultsFile = z.strictObject({
  /** The name and the stage of the account's policy file. */
  account: z.string(),
  stage: z.enum(['local', 'staging']),
  drills: z.array(Drill),
});
type ResultsFile = z.infer<typeof ResultsFile>;

export function writeResults(path: string, results: ResultsFile): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
}

/** Throws Refused unless these are the results of a staging account. Results of stand-ins count on a laptop only. */
export function readResults(path: string): Drill[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Refused(`cannot read ${path}: ${error instanceof Error ? error.message : error}`);
  }
  const parsed = ResultsFile.safeParse(content);
  if (!parsed.success)
    throw new Refused(`${path} is not a results file: ${z.prettifyError(parsed.error)}`);
  if (parsed.data.stage !== 'staging')
    throw new Refused(`${path} has the results of stand-ins; use those of a staging account`);
  return parsed.data.drills;
}
