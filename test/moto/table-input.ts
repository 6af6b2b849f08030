// The input of CreateTable, for the table of the stack in moto.
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { TABLE_SHAPE } from '../../functions/store/table-definition.ts';

const { partitionKey, sortKey, indexes } = TABLE_SHAPE;
const keySchema = (keys: { partitionKey: string; sortKey: string }) => [
  { AttributeName: keys.partitionKey, KeyType: 'HASH' as const },
  { AttributeName: keys.sortKey, KeyType: 'RANGE' as const },
];

export const createTableInput = (TableName: string): CreateTableCommandInput => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [TABLE_SHAPE, ...indexes]
    .flatMap((keys) => [keys.partitionKey, keys.sortKey])
    .map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  KeySchema: keySchema({ partitionKey, sortKey }),
  GlobalSecondaryIndexes: indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: keySchema(index),
    Projection: { ProjectionType: index.projects },
  })),
});
