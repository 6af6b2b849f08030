// Finds the account and region of each entity: its own, else the finding's.
import type { Entity, EntityKind } from '../domain/alert.ts';
import { type Place, UNKNOWN, UNKNOWN_PLACE } from '../domain/place.ts';
import { isIdentity } from '../domain/service-account.ts';

/** The part of a place that the event names for the entity itself. Null where it names none. */
export type OwnPlace = { [Part in keyof Place]: Place[Part] | null };

type Maybe = string | number | null | undefined;
type Named = {
  kind: EntityKind;
  /** As in the event, for example an ARN. */
  value: string;
  attributes: Readonly<Record<string, Maybe>>;
  place: { account?: Maybe; region?: Maybe };
};

/** Kinds without a place of their own: an address is where it was seen, and the alert is where the finding is. */
const PLACELESS: readonly EntityKind[] = ['ip', 'domain', 'alert'];

/**
 * The place that the event gives for the entity itself, in a field or in its ARN. Where the two disagree, the account
 * or region is unknown: one of them alone must not make the entity count as ours.
 */
export function ownPlaceOf({ kind, value, attributes, place }: Named): OwnPlace {
  if (PLACELESS.includes(kind)) return { account: null, region: null };
  const inArn =
    placeInArn(value) ?? placeInArn(attributes.arn) ?? unreadable(value, attributes.arn);
  const stated = place.account ? (accountIn(place.account) ?? UNKNOWN) : null;
  const region = place.region ? String(place.region).slice(0, 32) : null;
  return {
    account: agreed(stated, accountIn(inArn.account)),
    // IAM has no regions. An identity counts as seen in the region of the finding.
    region: isIdentity({ kind })
      ? null
      : agreed(region, inArn.region ?? regionOfPool(attributes.userPoolId) ?? null),
  };
}

const agreed = (a: string | null, b: string | null): string | null =>
  a === null || b === null || a === b ? (a ?? b) : UNKNOWN;

/** The entity names a place that can't be read. The finding's place must not replace it. */
const unreadable = (...texts: Maybe[]): Partial<Place> =>
  texts.some((text) => /^\s*arn:/i.test(String(text ?? ''))) ? UNKNOWN_PLACE : {};

const accountIn = (text: Maybe): string | null =>
  text === UNKNOWN || /^\d{12}$/.test(String(text ?? '')) ? String(text) : null;

/**
 * The account and region in an ARN, each undefined where the ARN has none. Undefined for any other text. Hand-made ARNs
 * may have an empty partition.
 *
 * @example placeInArn('arn:aws:lambda:us-east-1:111122223333:function:x') // {account: '111122223333', region: 'us-east-1'}
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function placeInArn(text: Maybe): { account?: string; region?: string } | undefined {
  const [, region, account] =
    /^arn:[a-z-]*:[a-z0-9-]+:([a-z0-9-]*):(\d{12})?:/.exec(String(text ?? '')) ?? [];
  if (region === undefined) return undefined;
  return { ...(account && { account }), ...(region && { region }) };
}

/**
 * The region of an availability zone.
 * @example regionOfZone('us-east-1a') // 'us-east-1'
 */
export const regionOfZone = (zone: Maybe): string | undefined =>
  /^([a-z]{2}(?:-[a-z]+)+-\d)[a-z]$/.exec(String(zone ?? ''))?.[1];

/** The ID of a Cognito user pool begins with its region: `eu-central-1_EXAMPLE12`. */
const regionOfPool = (id: Maybe): string | undefined =>
  /^([a-z]{2}(?:-[a-z]+)+-\d)_/.exec(String(id ?? ''))?.[1];

/** Whether both can be the same entity: no part differs. */
export const agree = (a: OwnPlace, b: OwnPlace): boolean =>
  agreeOn(a.account, b.account) && agreeOn(a.region, b.region);

const agreeOn = (a: string | null, b: string | null): boolean =>
  a === null || b === null || a === b;

export const joined = (a: OwnPlace, b: OwnPlace): OwnPlace => ({
  account: a.account ?? b.account,
  region: a.region ?? b.region,
});

/** The entities with their places. What the event does not say about an entity comes from the finding. */
export function located<E extends Pick<Entity, 'kind' | 'part'> & { own: OwnPlace }>(
  entities: readonly E[],
  finding: Place,
): (Omit<E, 'own'> & { place: Place })[] {
  const seenIn = whereSeen(entities, finding);
  return entities.map(({ own, ...entity }) => {
    const usual = entity.kind === 'ip' || entity.kind === 'domain' ? seenIn : finding;
    return {
      ...entity,
      place: { account: own.account ?? usual.account, region: own.region ?? usual.region },
    };
  });
}

/**
 * Where addresses were seen: at the affected resources. That is the place of the finding, unless all of its targets
 * name another one. Unknown if they name several others.
 */
function whereSeen(
  entities: readonly (Pick<Entity, 'part'> & { own: OwnPlace })[],
  finding: Place,
): Place {
  const targets = entities.flatMap(({ part, own: { account, region } }): Place[] =>
    part === 'target' && account && region ? [{ account, region }] : [],
  );
  const isAtFinding = ({ account, region }: Place) =>
    account === finding.account && region === finding.region;
  const [first, ...others] = targets;
  if (!first || targets.some(isAtFinding)) return finding;
  return others.every(({ account, region }) => account === first.account && region === first.region)
    ? first
    : UNKNOWN_PLACE;
}
