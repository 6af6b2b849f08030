// The queue of asynchronous calls that failed three times.
import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
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
    this.queue = new Queue(this, 'Queue', {
      queueName: `${prefix}calls-failed`,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.queue, 'AwsSolutions-SQS3', 'This is itself a dead-letter queue');
  }
}
