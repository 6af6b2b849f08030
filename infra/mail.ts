// The SES configuration set of every email, and the rule for its events.
import { Stack } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { ConfigurationSet, EmailSendingEvent, EventDestination } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import type { Names } from './names.ts';

export class Mail extends Construct {
  readonly configurationSet: string;

  constructor(scope: Construct, id: string, { prefix }: Names) {
    super(scope, id);
    const set = new ConfigurationSet(this, 'ConfigurationSet', {
      configurationSetName: `${prefix}mail`,
    });
    set.addEventDestination('NotDelivered', {
      // SES sends to no other bus.
      destination: EventDestination.eventBus(EventBus.fromEventBusName(this, 'Bus', 'default')),
      events: [
        EmailSendingEvent.BOUNCE,
        EmailSendingEvent.COMPLAINT,
        EmailSendingEvent.REJECT,
        EmailSendingEvent.DELIVERY_DELAY,
      ],
    });
    this.configurationSet = set.configurationSetName;
  }

  /** @see https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-ses.html */
  reportTo(bounce: IFunction): void {
    new Rule(this, 'Rule', {
      description: 'Notifies Countermand of emails that were not delivered',
      eventPattern: {
        source: ['aws.ses'],
        account: [Stack.of(this).account],
        detailType: [
          'Email Bounced',
          'Email Complaint Received',
          'Email Rejected',
          'Email Delivery Delayed',
        ],
        detail: { mail: { tags: { 'ses:configuration-set': [this.configurationSet] } } },
      },
      targets: [new LambdaFunction(bounce)],
    });
  }
}
