// The one table of docs/data.md.
import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { TABLE_SHAPE } from '../functions/store/table-definition.ts';

export class Records extends Construct {
  readonly table: Table;

  /** The table has no name of its own: it outlives its stack, and the next stack must not stumble over it. */
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const key = (name: string) => ({ name, type: AttributeType.STRING });
    this.table = new Table(this, 'Table', {
      partitionKey: key(TABLE_SHAPE.partitionKey),
      sortKey: key(TABLE_SHAPE.sortKey),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: TABLE_SHAPE.timeToLive,
      // Both images: what a change was, and what it was from, for a copy out of reach of the table's writers.
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: TABLE_SHAPE.index.name,
      partitionKey: key(TABLE_SHAPE.index.partitionKey),
      sortKey: key(TABLE_SHAPE.index.sortKey),
      projectionType: ProjectionType.ALL,
    });
  }
}
