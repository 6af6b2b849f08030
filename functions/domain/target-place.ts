// Where an action changes something, and whether this stack may act there.
import type { Reason } from './action.ts';
import { type ActionName, informs } from './action-catalog.ts';
import type { Entity } from './alert.ts';
import { isSameAccount, isSameRegion, type Place, UNKNOWN } from './place.ts';
import { isIdentity } from './service-account.ts';

/** The place of the stack, and the region whose stack makes the changes in IAM; null if policy names none. */
export type Stack = { here: Place; homeRegion: string | null };
type Target = Pick<Entity, 'kind' | 'place'>;

/** Whether the stack can read the entity. IAM has no regions: every stack of the account can read an identity. */
export const isHere = (target: Target, here: Place): boolean => whyElsewhere(target, here) === null;

/** Completes "unknown, because ...". Null if the entity is in the account and region of the stack. */
export function whyElsewhere(target: Target, here: Place): string | null {
  const { account, region } = target.place;
  if (account === UNKNOWN) return 'its account is unknown';
  if (!isSameAccount(target.place, here))
    return `it is in account ${account}, to which Countermand has no access`;
  if (isIdentity(target) || isSameRegion(target.place, here)) return null;
  return region === UNKNOWN
    ? 'its region is unknown'
    : `it is in region ${region}, and this stack reads only ${here.region}`;
}

/**
 * The account and region that the record, the commands and the API calls of an action name. Tickets and messages are
 * made by this stack, wherever the alert is from. IAM identities of this account are changed in the home region.
 */
export function placeOfAction(
  name: ActionName | null,
  target: Target,
  { here, homeRegion }: Stack,
): Place {
  if (informs(name)) return here;
  return isIdentity(target) && isSameAccount(target.place, here)
    ? { account: here.account, region: homeRegion ?? target.place.region }
    : target.place;
}

/** Why the target is in another account than the stack; null if it is in the same one. */
export function otherAccount(target: Target, { here }: Stack): Reason | null {
  if (isSameAccount(target.place, here)) return null;
  const { account } = target.place;
  const where =
    account === UNKNOWN
      ? 'The account of the target is unknown'
      : `The target is in account ${account}`;
  return {
    code: 'other-account',
    text: `${where}; this stack acts only in account ${here.account}`,
  };
}

/** Why a stack of another region must act on the target, or none may; null if this one may. */
export function otherRegion(target: Target, { here, homeRegion }: Stack): Reason | null {
  if (isIdentity(target)) return homeRegion === here.region ? null : notAtHome(homeRegion, here);
  if (isSameRegion(target.place, here)) return null;
  const { region } = target.place;
  const where =
    region === UNKNOWN
      ? 'The region of the target is unknown'
      : `The target is in region ${region}`;
  return { code: 'other-region', text: `${where}; this stack acts only in ${here.region}` };
}

const notAtHome = (homeRegion: string | null, here: Place): Reason =>
  homeRegion === null
    ? {
        code: 'no-home-region',
        text: 'Policy names no home region (homeRegion), so no stack may change IAM identities',
      }
    : {
        code: 'other-home-region',
        text: `Only the stack in the home region ${homeRegion} may change IAM identities; this stack is in ${here.region}`,
      };
