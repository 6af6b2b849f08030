// Findings come in: a rule on the account's default bus, a queue that holds them, and places for what fails.
import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Names } from './names.ts';

/** What the rules let through. The detail types are the products' own. */
const SOURCES = {
  // https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
  GuardDuty: { source: ['aws.guardduty'], detailType: ['GuardDuty Finding'] },
  // ASFF and OCSF: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
  SecurityHub: {
    source: ['aws.securityhub'],
    detailType: ['Security Hub Findings - Imported', 'Findings Imported V2'],
  },
  // Anything in the account that may put events on its bus.
  Generic: { detailType: ['Countermand Alert'] },
};

/** Six times the function's 60 s: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const VISIBILITY = Duration.minutes(6);
/** SQS keeps nothing longer. */
const RETENTION = Duration.days(14);
const MAX_DELIVERIES = 5;

export class Intake extends Construct {
  readonly queue: Queue;
  /** Deliveries that failed too often: our fault, to be replayed once it is mended. */
  readonly failed: Queue;
  /** Input that cannot be read, each with the reason. */
  readonly rejected: Queue;

  constructor(scope: Construct, id: string, { prefix }: Names) {
    super(scope, id);
    const aside = (name: string) => {
      const queue = new Queue(this, name, {
        queueName: `${prefix}intake-${name.toLowerCase()}`,
        encryption: QueueEncryption.SQS_MANAGED,
        enforceSSL: true,
        retentionPeriod: RETENTION,
      });
      acknowledge(queue, 'AwsSolutions-SQS3', 'It is itself where undeliverable input ends');
      return queue;
    };
    this.failed = aside('Failed');
    this.rejected = aside('Rejected');
    this.queue = new Queue(this, 'Queue', {
      queueName: `${prefix}intake`,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: VISIBILITY,
      retentionPeriod: RETENTION,
      deadLetterQueue: { queue: this.failed, maxReceiveCount: MAX_DELIVERIES },
    });
    for (const [name, pattern] of Object.entries(SOURCES))
      new Rule(this, name, {
        description: `${name} to Countermand`,
        eventPattern: pattern,
        targets: [new SqsQueue(this.queue, { deadLetterQueue: this.failed })],
      });
  }

  deliverTo(intake: IFunction): void {
    intake.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        // A burst waits in the queue rather than in front of everything else that runs in the account.
        maxConcurrency: 5,
      }),
    );
  }
}
