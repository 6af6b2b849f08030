// Shows the tags of an allow-list. All other values stay in the account.
import { visible } from '../domain/wording.ts';
import { featuresOf, isProse } from './features.ts';
import { WITHHELD, withoutSecrets } from './secrets.ts';

const PLAIN = /^[\w .:/@+-]{1,40}$/;
const MAX_TAGS = 8;

/** `tags env=prod owner=payments; 3 more not shown`. Compares names without their case. */
export function tagsShown(
  tags: Readonly<Record<string, string>>,
  allowed: readonly string[],
): string | null {
  const all = Object.entries(tags);
  const order = (name: string) => allowed.indexOf(name.toLowerCase().replaceAll(/[\s_]/g, '-'));
  const shown = all
    .filter(([name]) => order(name) >= 0)
    .toSorted(([a], [b]) => order(a) - order(b))
    .slice(0, MAX_TAGS)
    .map(([name, value]) => `${name.toLowerCase().replaceAll(/[\s_]/g, '-')}=${tagValue(value)}`);
  const hidden = all.length - shown.length;
  const parts = [...shown, ...(hidden > 0 ? [`${hidden} tags withheld`] : [])];
  return parts.length > 0 ? `tags ${parts.join(' ')}` : null;
}

/** A short plain value. Anyone who may tag a resource can write a sentence into a tag. */
function tagValue(value: string): string {
  const clear = visible(value).trim();
  if (withoutSecrets(clear) !== clear) return WITHHELD;
  return PLAIN.test(clear) && !isProse(value) && clear.split(' ').length <= 3
    ? clear
    : featuresOf(value);
}
