// Asks the providers of the model in the order of policy.
import type * as z from 'zod/mini';
import { Answer, type Attempt } from '../domain/assessment.ts';
import { truncate } from '../domain/wording.ts';
import { withDeadline } from '../platform/deadline.ts';
import type { Analyst, Answered, Brief, CallLog } from './brief.ts';
import type { AnalyseDeps } from './deps.ts';
import { reasonOf } from './failure-reason.ts';
import { NoAnswer } from './no-answer.ts';

type Kept = { attempts: Attempt[]; answers: Answered[] };
const MAX_ERROR = 300;

/**
 * The first valid answer, and who gave it. If one provider hangs, the next still has its part of the time. Throws
 * NoAnswer with the reason of each when none answers.
 */
export async function firstAnswer(
  { analysts, milliseconds, deadline, now }: AnalyseDeps,
  brief: Brief,
  kept: Kept,
): Promise<{ analyst: Analyst; answer: z.infer<typeof Answer> }> {
  const endsAt = now().getTime() + milliseconds;
  const failures: string[] = [];
  for (const [index, analyst] of analysts.entries()) {
    const share = Math.floor((endsAt - now().getTime()) / (analysts.length - index));
    const attempts: Attempt[] = [];
    try {
      const given = await withDeadline(deadline(Math.max(0, share)), (signal) =>
        analyst.judge(brief, signal, logOf(analyst, attempts, kept.answers)),
      );
      return { analyst, answer: Answer.parse(given) };
    } catch (error) {
      const reason = reasonOf(error);
      failures.push(analysts.length === 1 ? reason : `${analyst.origin}: ${reason}`);
      noteFailure(analyst, attempts, truncate(reason, MAX_ERROR));
    } finally {
      kept.attempts.push(...attempts);
    }
  }
  throw new NoAnswer(failures.join('; '));
}

/** The last attempt, or reading the key before any, explains the failure. */
function noteFailure({ origin, model }: Analyst, attempts: Attempt[], error: string): void {
  const last = attempts.at(-1);
  if (last) last.error = error;
  else if (origin !== 'playbook')
    attempts.push({ provider: origin, model: model ?? '', status: null, error, tokens: null });
}

const logOf = ({ origin, model }: Analyst, attempts: Attempt[], answers: Answered[]): CallLog => ({
  tried: ({ status, error }) => {
    if (origin === 'playbook') return;
    const short = error && truncate(error, MAX_ERROR);
    attempts.push({ provider: origin, model: model ?? '', status, error: short, tokens: null });
  },
  answered: (answer) => {
    answers.push(answer);
    const last = attempts.at(-1);
    if (last) last.tokens = answer.tokens;
  },
});
