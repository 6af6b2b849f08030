// A queue of what failed for good, kept as long as SQS allows.
import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** The maximum that SQS allows. */
export const RETENTION = Duration.days(14);

export function deadLetterQueue(scope: Construct, id: string, queueName: string): Queue {
  const queue = new Queue(scope, id, {
    queueName,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: RETENTION,
  });
  acknowledge(queue, 'AwsSolutions-SQS3', 'This is itself a dead-letter queue');
  return queue;
}
