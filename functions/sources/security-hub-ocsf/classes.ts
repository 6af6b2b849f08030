// Rejects OCSF events that are not findings, and says what they are.
// @see https://schema.ocsf.io/categories
import { InvalidInput } from '../../domain/errors.ts';

/** Category by the thousands of the class. */
const CATEGORIES: ReadonlyMap<number, string> = new Map([
  [1, 'an activity'],
  [3, 'an activity'],
  [4, 'an activity'],
  [5, 'an inventory record'],
  [6, 'an activity'],
  [7, 'a remediation'],
]);
const INCIDENT = 2005;

/** For a class that is missing or unknown, the finding's own block decides. */
export function rejectOtherClasses(
  {
    class_uid: uid,
    class_name,
  }: { class_uid?: number | null | undefined; class_name?: string | null | undefined },
  path: string,
): void {
  if (typeof uid !== 'number') return;
  const what =
    uid === INCIDENT ? 'an incident that groups findings' : CATEGORIES.get(Math.floor(uid / 1000));
  if (!what) return;
  const named = class_name ? ` (${class_name.slice(0, 60)})` : '';
  throw new InvalidInput(`${path}.class_uid: class ${uid} is ${what}, not a finding${named}`);
}
