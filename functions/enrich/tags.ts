// Converts AWS tags, and keeps the first few for people and the model.
import { type Fact, mapFact } from '../domain/facts.ts';

/** Values by key. */
export type Tags = Readonly<Record<string, string>>;

type AwsTag = { Key?: string | undefined; Value?: string | undefined };

/** AWS returns all tags: up to 50 of the owner's, plus its own, which begin with `aws:`. */
export const tagsOf = (tags: readonly AwsTag[] = []): Tags =>
  Object.fromEntries(tags.flatMap(({ Key, Value = '' }) => (Key ? [[Key, Value]] : [])));

/** All facts of an alert share one DynamoDB item, and a tag may have 384 characters. */
const MAX_KEPT = 12;

export const firstTags = (tags: Fact<Tags>): Fact<Record<string, string>> =>
  mapFact(tags, (all) => Object.fromEntries(Object.entries(all).slice(0, MAX_KEPT)));
