// The embedded database: dynalite on loopback, on disk or in memory.
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { TABLE_SHAPE } from '../../functions/store/table-definition.ts';

const { partitionKey, sortKey, index } = TABLE_SHAPE;

/** The table's shape as CreateTable takes it. */
export const createTableInput = (TableName: string) => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST' as const,
  AttributeDefinitions: [partitionKey, sortKey, index.partitionKey, index.sortKey].map(
    (AttributeName) => ({ AttributeName, AttributeType: 'S' as const }),
  ),
  KeySchema: [
    { AttributeName: partitionKey, KeyType: 'HASH' as const },
    { AttributeName: sortKey, KeyType: 'RANGE' as const },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: index.name,
      KeySchema: [
        { AttributeName: index.partitionKey, KeyType: 'HASH' as const },
        { AttributeName: index.sortKey, KeyType: 'RANGE' as const },
      ],
      Projection: { ProjectionType: 'ALL' as const },
    },
  ],
});

export type Database = {
  client: DynamoDBClient;
  createTable(name: string): Promise<void>;
  stop(): Promise<void>;
};

/** With a folder the tables survive a restart. Rejects when the folder cannot be written or is in use. */
export async function startDatabase(folder?: string): Promise<Database> {
  if (folder) mkdirSync(folder, { recursive: true });
  const server: Server = dynalite({
    ...(folder && { path: folder }),
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return {
    client,
    async createTable(name) {
      await client.send(new CreateTableCommand(createTableInput(name))).catch((error: unknown) => {
        if (!(error instanceof Error) || error.name !== 'ResourceInUseException') throw error;
      });
      await waitUntilTableExists(
        { client, maxWaitTime: 10, minDelay: 0.001, maxDelay: 0.02 },
        { TableName: name },
      );
    },
    async stop() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
