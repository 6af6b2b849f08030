// A write as the stream of the table reports it, with its sequence number.
import type { Change } from '../../functions/archive/archive.ts';
import type { Images, Item } from '../../functions/archive/change.ts';
import type { Key } from '../../functions/store/table.ts';

let unversioned = 0;
/** The version, or for an item without one a number that rises with each write. */
const sequenceOf = ({ version }: Item, at: Date): string =>
  typeof version === 'number' && version > 0
    ? String(version)
    : `${at.getTime()}${String(++unversioned).padStart(6, '0')}`;

export const changeOf = (change: Key & Images, at: Date): Change => ({
  ...change,
  sequence: change.after ? sequenceOf(change.after, at) : 'removed',
  at: at.toISOString(),
});
