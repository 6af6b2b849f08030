// The queue of asynchronous calls that failed three times.
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { deadLetterQueue } from './dead-letter-queue.ts';
import type { Names } from './names.ts';

/**
 * The functions that others call asynchronously and no schedule calls again. The sweeper repeats what it finds; here is
 * what failed, with the error.
 */
export const CALLED_ASYNCHRONOUSLY: readonly string[] = [
  'approve',
  'bounce',
  'notify',
  'remind',
  'ticket',
];

export class FailedCalls extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { prefix }: Names) {
    super(scope, id);
    this.queue = deadLetterQueue(this, 'Queue', `${prefix}calls-failed`);
  }
}
