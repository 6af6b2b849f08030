// The embedded database: dynalite on loopback, on disk or in memory.
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  type ScanCommandOutput,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { TABLE_SHAPE } from '../../functions/store/table-definition.ts';
import { claimDirectory, DataDirectoryInUse, DataDirectoryUnwritable } from '../data-directory.ts';

const { partitionKey, sortKey, indexes } = TABLE_SHAPE;
const keySchema = (keys: { partitionKey: string; sortKey: string }) => [
  { AttributeName: keys.partitionKey, KeyType: 'HASH' as const },
  { AttributeName: keys.sortKey, KeyType: 'RANGE' as const },
];

/** The input of CreateTable. */
export const createTableInput = (TableName: string) => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST' as const,
  AttributeDefinitions: [TABLE_SHAPE, ...indexes]
    .flatMap((keys) => [keys.partitionKey, keys.sortKey])
    .map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
  KeySchema: keySchema({ partitionKey, sortKey }),
  GlobalSecondaryIndexes: indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: keySchema(index),
    Projection: { ProjectionType: index.projects },
  })),
});

/** Rebuilds a table of an earlier version with today's indexes: dynalite can't add one to a table that exists. */
async function rebuild(client: DynamoDBClient, TableName: string): Promise<void> {
  const items: NonNullable<ScanCommandOutput['Items']> = [];
  let start: ScanCommandOutput['LastEvaluatedKey'];
  do {
    const page = await client.send(new ScanCommand({ TableName, ExclusiveStartKey: start }));
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start);
  await client.send(new DeleteTableCommand({ TableName }));
  await waitUntilTableNotExists({ client, ...SOON }, { TableName });
  await client.send(new CreateTableCommand(createTableInput(TableName)));
  await waitUntilTableExists({ client, ...SOON }, { TableName });
  for (const Item of items) await client.send(new PutItemCommand({ TableName, Item }));
}

const SOON = { maxWaitTime: 10, minDelay: 0.001, maxDelay: 0.02 };

export type Database = {
  client: DynamoDBClient;
  createTable(name: string): Promise<void>;
  stop(): Promise<void>;
};

/** With a folder, the tables survive a restart. Rejects with DataDirectoryUnwritable or DataDirectoryInUse. */
export async function startDatabase(folder?: string): Promise<Database> {
  if (folder) await tryFolder(folder);
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
  const inFlight = new Set<Promise<unknown>>();
  let stopped = false;
  client.middlewareStack.add(
    (next) => async (args) => {
      if (stopped) throw new Error('The database is stopped');
      const answer = next(args);
      const over = answer.catch(() => {}).finally(() => inFlight.delete(over));
      inFlight.add(over);
      return answer;
    },
    { step: 'initialize', name: 'inFlight' },
  );
  return {
    client,
    async createTable(name) {
      await client.send(new CreateTableCommand(createTableInput(name))).catch((error: unknown) => {
        if (!(error instanceof Error) || error.name !== 'ResourceInUseException') throw error;
      });
      await waitUntilTableExists({ client, ...SOON }, { TableName: name });
      const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
      if (Table?.GlobalSecondaryIndexes?.length !== indexes.length) await rebuild(client, name);
    },
    /** Waits for open requests. If its files close during a request, dynalite throws an error that can't be caught. */
    async stop() {
      stopped = true;
      await Promise.all(inFlight);
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type LevelDatabase = { open(): Promise<void>; close(): Promise<void> };

/**
 * Opens and closes the files once, with the library that dynalite uses. If dynalite itself can't open them, it throws
 * at its first request, where the error can't be caught.
 */
async function tryFolder(folder: string): Promise<void> {
  claimDirectory(folder);
  const { Level } = createRequire(import.meta.resolve('dynalite'))('level') as {
    Level: new (path: string) => LevelDatabase;
  };
  const files = new Level(folder);
  try {
    await files.open();
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const isLocked = cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED';
    throw isLocked
      ? new DataDirectoryInUse(folder, error)
      : new DataDirectoryUnwritable(folder, cause ?? error);
  }
  await files.close();
}
