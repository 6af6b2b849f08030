// npm run audit: every record held against its copies, on this laptop or in an account.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { isArchived } from '../functions/archive/archive.ts';
import { readEnv } from '../functions/domain/env.ts';
import { loadPolicy, POLICIES } from '../functions/policy/load.ts';
import { type Copies, copiesInBucket, copiesInFolder } from '../local/archive-copies.ts';
import { claimDirectory } from '../local/data-directory.ts';
import { startDatabase } from '../local/engine/database.ts';
import { compare, type Stored } from './compare-copies.ts';
import { endOf, environmentOf, prefixOfCdk, Refused, STACK_OPTIONS } from './operator.ts';

const USAGE = `usage:
  npm run audit                                                        on this laptop, while nothing runs
  npm run audit -- --account <file> --region <region> [--profile <p>]  in an account, policies/accounts/<file>.yaml
  --prefix <p>  of the stack's names, where it is not that of cdk.json`;

type Ground = { client: DynamoDBClient; table: string; copies: Copies; close: () => Promise<void> };

async function onLaptop(): Promise<Ground> {
  const data = process.env.COUNTERMAND_DATA ?? '.data';
  claimDirectory(data);
  const { client, createTable, stop } = await startDatabase(join(data, 'database'));
  await createTable('countermand');
  const copies = copiesInFolder(join(data, 'archive'));
  return { client, table: 'countermand', copies, close: stop };
}

async function inAccount(account: string, prefix: string): Promise<Ground> {
  const policy = loadPolicy(POLICIES, account);
  const lambda = new Lambda({});
  const env = {
    ...(await environmentOf(lambda, `${prefix}gate`, policy)),
    ...(await environmentOf(lambda, `${prefix}archive`, policy)),
  };
  return {
    client: new DynamoDBClient({}),
    table: readEnv(env, 'tableName').tableName,
    copies: copiesInBucket(new S3({}), readEnv(env, 'archiveBucket').archiveBucket),
    close: async () => {},
  };
}

async function* recordsOf({ client, table }: Ground): AsyncGenerator<Stored> {
  const pages = paginateScan(
    { client: DynamoDBDocumentClient.from(client) },
    { TableName: table, ConsistentRead: true },
  );
  for await (const { Items = [] } of pages)
    yield* (Items as Stored[]).filter(({ sk }) => isArchived(sk));
}

async function audit(ground: Ground): Promise<number> {
  const { records, copies, found } = await compare(recordsOf(ground), ground.copies);
  for (const { record, faults } of found) {
    console.log(record);
    for (const fault of faults) console.log(`  ${fault}`);
  }
  console.log(`${records} records, ${copies} copies: ${found.length} with a fault`);
  return found.length > 0 ? 1 : 0;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: STACK_OPTIONS });
  const { account, profile, region, prefix } = values;
  if (Boolean(account) !== Boolean(region) || (!account && (profile || prefix)))
    throw new Refused(USAGE);
  if (region)
    Object.assign(process.env, { AWS_REGION: region, ...(profile && { AWS_PROFILE: profile }) });
  const ground = account ? await inAccount(account, prefix ?? prefixOfCdk()) : await onLaptop();
  return audit(ground).finally(ground.close);
}

await endOf(main);
