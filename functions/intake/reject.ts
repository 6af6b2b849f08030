// Sends input that failed validation to the rejected queue.
import { InvalidInput } from '../domain/errors.ts';
import { harmless } from '../domain/wording.ts';
import { errorFields } from '../platform/log.ts';
import type { IntakeDeps } from './deps.ts';

/**
 * Characters that SQS does not allow.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const NOT_ALLOWED = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Sends the body to the rejected queue, with the reason. Throws every error that is not about the input. */
export async function rejectInvalid(
  { reject, log }: IntakeDeps,
  body: string,
  error: unknown,
): Promise<{ outcome: 'refused'; reason: string }> {
  if (!(error instanceof InvalidInput)) throw error;
  const reason = harmless(error.message).replace(NOT_ALLOWED, '\u{FFFD}');
  await reject(body, reason);
  log('warn', 'input rejected', errorFields(error));
  return { outcome: 'refused', reason };
}
