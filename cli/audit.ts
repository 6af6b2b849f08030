// Compares every record with its copies, on this laptop or in an account.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { readEnv } from '../functions/domain/env.ts';
import { oneLine } from '../functions/domain/wording.ts';
import { readerOf } from '../functions/platform/bucket.ts';
import { loadPolicy, POLICIES } from '../functions/policy/load.ts';
import { isArchived } from '../functions/store/archived.ts';
import { createTable, type Item, type Table } from '../functions/store/table.ts';
import { type Copies, copiesInFolder } from '../local/archive-copies.ts';
import { digestKeyIn } from '../local/digest-key.ts';
import { openTable } from '../local/engine/table.ts';
import { compare, type Stored } from './compare-copies.ts';
import { type Due, type Listed, readDigests } from './compare-digests.ts';
import { exportTo } from './export-history.ts';
import { inForceIn, missingChecks } from './missing-checks.ts';
import { environmentOf, prefixOfCdk } from './operator.ts';
import type { Out, Outcome } from './output.ts';
import { switchLines } from './switch-lines.ts';

type Place = {
  /** Every item of the table. */
  items: AsyncIterable<Item>;
  table: Pick<Table, 'get'>;
  copies: Copies;
  /** Verifies the digests; null if there is none. */
  digestKey: KeyObject | null;
  digestsEvery: Due['every'];
  close: () => Promise<void>;
};

async function onLaptop(data: string): Promise<Place> {
  const table = openTable(data);
  const copies = copiesInFolder(join(data, 'archive'));
  const digestKey = digestKeyIn(data);
  return {
    ...{ items: table.items(), table, copies, close: table.close },
    ...{ digestKey, digestsEvery: 'change' },
  };
}

async function inAccount(account: string, prefix: string): Promise<Place> {
  const policy = loadPolicy(POLICIES, account);
  const lambda = new Lambda({});
  const env = {
    ...(await environmentOf(lambda, `${prefix}gate`, policy)),
    ...(await environmentOf(lambda, `${prefix}archive`, policy)),
    ...(await environmentOf(lambda, `${prefix}digest`, policy)),
  };
  const client = new DynamoDBClient({});
  const { tableName } = readEnv(env, 'tableName');
  return {
    items: scan(client, tableName),
    table: createTable(client, tableName),
    copies: readerOf(new S3({}), readEnv(env, 'archiveBucket').archiveBucket),
    digestKey: await publicKeyOf(new KMS({}), readEnv(env, 'digestKeyArn').digestKeyArn),
    digestsEvery: 'hour',
    close: async () => {},
  };
}

async function publicKeyOf(kms: KMS, KeyId: string): Promise<KeyObject | null> {
  const { PublicKey } = await kms.getPublicKey({ KeyId });
  return PublicKey
    ? createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' })
    : null;
}

async function* scan(client: DynamoDBClient, TableName: string): AsyncGenerator<Item> {
  const documents = DynamoDBDocumentClient.from(client);
  const input = { TableName, ConsistentRead: true };
  for await (const { Items = [] } of paginateScan({ client: documents }, input))
    yield* Items as Item[];
}

/** Time between two lines of progress. */
const PROGRESS_MS = 2_000;

type Noted = { inForce: Map<string, Stored>; switched: string[] };

/** Yields the records that have copies. Collects the actions in force, and a line for each halt and resumption. */
async function* recordsOf(
  { items }: Place,
  { inForce, switched }: Noted,
  { out, write }: { out: Out; write: (item: Stored) => void },
): AsyncGenerator<Stored> {
  let records = 0;
  let printedAt = performance.now();
  for await (const item of items) {
    if (!isArchived(item)) continue;
    const actionId = inForceIn(item);
    if (actionId) inForce.set(actionId, item);
    write(item);
    switched.push(...switchLines(item));
    yield item;
    records += 1;
    if (performance.now() - printedAt < PROGRESS_MS) continue;
    printedAt = performance.now();
    out.progress(`${records} records compared ...`);
  }
}

/** `exportFile`: path of a new file for the history entries of all records, one JSON line each. */
type Exported = { exportFile?: string | undefined };

async function audit(place: Place, { exportFile }: Exported, out: Out): Promise<Outcome> {
  const write = exportFile === undefined ? () => {} : exportTo(exportFile);
  const inForce = new Map<string, Stored>();
  const switched: string[] = [];
  const noted = { inForce, switched };
  const due = { every: place.digestsEvery, now: new Date() };
  const listed = await readDigests(place.copies, place.digestKey, due);
  const compared = await compare(recordsOf(place, noted, { out, write }), place.copies, listed);
  const { records, copies } = compared;
  for (const line of switched.sort()) out.line(oneLine(line));
  const found = [...compared.found, ...(await missingChecks(place.table, inForce))];
  for (const { record, faults } of found) {
    out.line(oneLine(record));
    for (const fault of faults) out.line(`  ${oneLine(fault, 2_000)}`);
  }
  out.line(digestLine(listed));
  const { named, unproven } = listed.earlier();
  for (const key of unproven)
    out.line(
      `no digest proves this copy, which claims to be older than the first: ${oneLine(key)}`,
    );
  if (named > 0)
    out.line(`${named} copies are older than the first digest, which names them without a hash`);
  out.line(`${records} records, ${copies} copies: ${found.length} with a fault`);
  return {
    exitCode: found.length > 0 ? 1 : 0,
    results: found,
    counts: {
      records,
      copies,
      digests: listed.digests,
      named,
      unproven: unproven.length,
      faulty: found.length,
    },
  };
}

const digestLine = ({ newest, digests }: Listed): string =>
  newest
    ? `${digests} digests until ${newest.until}, the last with the SHA-256 ${newest.sha256}`
    : 'no digest yet';

/** Audits the data of npm start in a folder. */
export async function auditLaptop(data: string, exported: Exported, out: Out): Promise<Outcome> {
  const place = await onLaptop(data);
  return audit(place, exported, out).finally(place.close);
}

/** Audits a deployed stack. Without `prefix`, the prefix of cdk.json applies. */
export async function auditAccount(
  account: string,
  { prefix, ...exported }: { prefix?: string | undefined } & Exported,
  out: Out,
): Promise<Outcome> {
  const place = await inAccount(account, prefix ?? prefixOfCdk());
  return audit(place, exported, out).finally(place.close);
}
