// Tags of what AWS lets be tagged: all of them decide on protection, and the first few are kept for people and the model.
import { type Fact, mapFact } from '../domain/facts.ts';

/** By key. */
export type Tags = Readonly<Record<string, string>>;

type AwsTag = { Key?: string | undefined; Value?: string | undefined };

/** AWS answers with all of them: 50 of the owner's, and those that it sets itself, which begin with `aws:`. */
export const tagsOf = (tags: readonly AwsTag[] = []): Tags =>
  Object.fromEntries(tags.flatMap(({ Key, Value = '' }) => (Key ? [[Key, Value]] : [])));

/** All facts of one alert share one item of the table, and a tag may be 384 characters long. */
const MAX_KEPT = 12;

export const firstTags = (tags: Fact<Tags>): Fact<Record<string, string>> =>
  mapFact(tags, (all) => Object.fromEntries(Object.entries(all).slice(0, MAX_KEPT)));
