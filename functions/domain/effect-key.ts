// Names an effect with its place, and compares keys of both formats.

/** The region of what IAM shares between all regions. */
const GLOBAL = 'global';

/**
 * `<account>/<region>/<effect>`. Keys of earlier versions are the effect alone.
 *
 * @example effectKeyIn({account: '111122223333', region: 'eu-central-1'}, 'api-key:k4partner9', false)
 */
export const effectKeyIn = (
  { account, region }: { account: string; region: string },
  effect: string,
  isGlobal: boolean,
): string => `${account}/${isGlobal ? GLOBAL : region}/${effect}`;

/** The key of an earlier version for the same effect; the key itself if it is one. */
export const withoutPlace = (key: string): string => key.replace(/^\d{12}\/[a-z0-9-]+\//, '');

/** Whether two keys name one effect. A key without a place is of this stack's place. */
export function isSameEffect(a: string | null, b: string): boolean {
  if (a === null || a === b) return a !== null;
  const effects = [withoutPlace(a), withoutPlace(b)];
  return effects[0] === effects[1] && (effects[0] === a || effects[1] === b);
}
