// EventBridge rules, the intake queue, its dead-letter and rejected queues.
import { Duration } from 'aws-cdk-lib';
import { EventBus, type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { PartnerSource } from '../functions/policy/schemas/account.ts';
import { SOURCES } from '../functions/sources/registry.ts';
import type { Source } from '../functions/sources/source.ts';
import { deadLetterQueue, RETENTION } from './dead-letter-queue.ts';
import type { Names } from './names.ts';

/** Six times the function's 60 s: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const VISIBILITY = Duration.minutes(6);
const MAX_DELIVERIES = 5;

export class Intake extends Construct {
  readonly queue: Queue;
  /** Dead-letter queue: deliveries that failed because of a fault in Countermand. Replay them after the fix. */
  readonly failed: Queue;
  /** Events that failed validation, each with the reason. */
  readonly rejected: Queue;

  constructor(scope: Construct, id: string, { prefix }: Names, partners: readonly PartnerSource[]) {
    super(scope, id);
    this.failed = deadLetterQueue(this, 'Failed', `${prefix}intake-failed`);
    this.rejected = deadLetterQueue(this, 'Rejected', `${prefix}intake-rejected`);
    this.queue = new Queue(this, 'Queue', {
      queueName: `${prefix}intake`,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: VISIBILITY,
      retentionPeriod: RETENTION,
      deadLetterQueue: { queue: this.failed, maxReceiveCount: MAX_DELIVERIES },
    });
    const toQueue = () => [new SqsQueue(this.queue, { deadLetterQueue: this.failed })];
    for (const [name, eventPattern] of rulesOf(SOURCES))
      new Rule(this, name, {
        description: `${name} to Countermand`,
        eventPattern,
        targets: toQueue(),
      });
    for (const [i, { eventBus, source }] of partners.entries())
      new Rule(this, `Partner${i}`, {
        description: `${source} to Countermand`,
        eventBus: EventBus.fromEventBusName(this, `PartnerBus${i}`, eventBus),
        eventPattern: { source: [source] },
        targets: toQueue(),
      });
  }

  deliverTo(intake: IFunction): void {
    intake.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        // A burst of findings waits in the queue instead of using up the account's Lambda concurrency.
        maxConcurrency: 5,
      }),
    );
  }
}

/** One rule per name; sources of the same product share a rule. Rules never filter by the finding's state. */
function rulesOf(sources: readonly Source[]): Map<string, EventPattern> {
  const rules = new Map<string, EventPattern>();
  for (const { events } of sources) {
    const { rule, source, detailTypes, detail } = events;
    const detailType = [...(rules.get(rule)?.detailType ?? []), ...detailTypes];
    rules.set(rule, {
      ...(source && { source: [...source] }),
      detailType,
      ...(detail && {
        detail: Object.fromEntries(Object.entries(detail).map(([key, one]) => [key, [...one]])),
      }),
    });
  }
  return rules;
}
