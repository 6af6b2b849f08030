// A locked bucket that keeps a copy of every record change.
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
import { ARCHIVED_PREFIXES } from '../functions/store/archived.ts';
import { acknowledge } from './acknowledge.ts';

/**
 * Matches the log retention. Governance mode lets an administrator with `s3:BypassGovernanceRetention` delete the
 * copies of a trial stack.
 */
const LOCKED = ObjectLockRetention.governance(Duration.days(365));

export class Archive extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // Unnamed and retained, like the table, so that a second deployment can't collide with the old bucket's name.
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
      'Only one function writes to it. CloudTrail data events record the readers, where they are enabled',
    );
  }

  /**
   * Retries a failed batch, in order, until it is copied. DynamoDB Streams keeps a change for 24 hours; the alarm
   * ArchiveBehind fires long before that.
   */
  copy(table: Table, archive: IFunction): void {
    archive.addEventSource(
      // `Table` doesn't satisfy `ITable` under exactOptionalPropertyTypes.
      new DynamoEventSource(table as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        reportBatchItemFailures: true,
        filters: [
          FilterCriteria.filter({
            dynamodb: { Keys: { pk: { S: ARCHIVED_PREFIXES.map((prefix) => ({ prefix })) } } },
          }),
        ],
      }),
    );
  }
}
