// A store on an in-memory database for one test file.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createStore, type Store } from '../../functions/store/store.ts';
import { TABLE_SHAPE } from '../../functions/store/table-definition.ts';

export type TestStore = {
  store: Store;
  client: DynamoDBClient;
  /** An empty table of its own, so that tests of one file do not see each other. */
  fresh(): Promise<Store>;
  stop(): Promise<void>;
};

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

export async function startStore(): Promise<TestStore> {
  const server: Server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  let tables = 0;
  const fresh = async (): Promise<Store> => {
    const name = `countermand-${++tables}`;
    await client.send(new CreateTableCommand(createTableInput(name)));
    await waitUntilTableExists(
      { client, maxWaitTime: 5, minDelay: 0.001, maxDelay: 0.02 },
      { TableName: name },
    );
    return createStore(client, name, () => {});
  };
  return {
    store: await fresh(),
    client,
    fresh,
    stop: async () => {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
