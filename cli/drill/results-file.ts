// Results of a drill on their way from a staging account to a production account, which is never drilled itself.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { Drill } from '../../functions/domain/drill.ts';
import { Refused } from '../refused.ts';

const ResultsFile = z.strictObject({
  /** Name of the account's policy file, and what it was marked as. */
  account: z.string(),
  stage: z.enum(['local', 'staging']),
  drills: z.array(Drill),
});
type ResultsFile = z.infer<typeof ResultsFile>;

export function writeResults(path: string, results: ResultsFile): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
}

/** Throws Refused for anything but the results of a staging account: what stand-ins have shown counts on a laptop only. */
export function readResults(path: string): Drill[] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Refused(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  const parsed = ResultsFile.safeParse(content);
  if (!parsed.success)
    throw new Refused(`${path} holds no results of a drill: ${z.prettifyError(parsed.error)}`);
  if (parsed.data.stage !== 'staging')
    throw new Refused(`${path} was made on stand-ins; take the results of a staging account`);
  return parsed.data.drills;
}
