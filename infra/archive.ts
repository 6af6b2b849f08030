// Copies of the records where nobody who writes the table can reach them: a locked bucket, fed by the table's stream.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ARCHIVED } from '../functions/store/table-definition.ts';
import { acknowledge } from './acknowledge.ts';

/** As long as the logs. Governance: an administrator with a right of its own may end it, for a stack that is only tried. */
const LOCKED = ObjectLockRetention.governance(Duration.days(365));

export class Archive extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // Unnamed and retained, like the table.
    this.bucket = new Bucket(this, 'Bucket', {
      objectLockEnabled: true,
      objectLockDefaultRetention: LOCKED,
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(
      this.bucket,
      'AwsSolutions-S1',
      'One function writes it, and may do nothing else; who reads it is in CloudTrail where data events are on',
    );
  }

  /**
   * Tries again until it is copied, in order: the stream keeps a change for a day, and an alarm says long before that it
   * is behind.
   */
  copy(table: Table, archive: IFunction): void {
    archive.addEventSource(
      // The CDK's own class and interface differ where optional properties have to be exact.
      new DynamoEventSource(table as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        reportBatchItemFailures: true,
        filters: [
          FilterCriteria.filter({
            dynamodb: { Keys: { sk: { S: [...ARCHIVED.names, { prefix: ARCHIVED.prefix }] } } },
          }),
        ],
      }),
    );
  }
}
