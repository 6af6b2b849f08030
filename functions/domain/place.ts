// Accounts and regions: where an alert, a target or a stack is.
import * as z from 'zod/mini';

/** Stands for an account or a region that the event does not name. It never equals another place (promise 11). */
export const UNKNOWN = 'unknown';

/** 12 digits, or `unknown`. */
export const Account = z.union([z.string().check(z.regex(/^\d{12}$/)), z.literal(UNKNOWN)]);

/**
 * An account and a region. Three places are kept apart: that of the alert (`account` and `region` of the alert), that
 * of each entity (`place`), and that of the stack (`here` in the dependencies of a function).
 */
export const Place = z.strictObject({
  account: Account,
  /** A region, such as `eu-central-1`, or `unknown`. */
  region: z.string().check(z.minLength(1), z.maxLength(32)),
});
export type Place = z.infer<typeof Place>;

export const UNKNOWN_PLACE: Place = { account: UNKNOWN, region: UNKNOWN };

/** False if one of the accounts is unknown. */
export const isSameAccount = (a: Pick<Place, 'account'>, b: Pick<Place, 'account'>): boolean =>
  a.account !== UNKNOWN && a.account === b.account;

/** False if one of the regions is unknown. */
export const isSameRegion = (a: Pick<Place, 'region'>, b: Pick<Place, 'region'>): boolean =>
  a.region !== UNKNOWN && a.region === b.region;

/** @example placeInWords({account: '111122223333', region: 'eu-central-1'}) // 'account 111122223333, region eu-central-1' */
export const placeInWords = ({ account, region }: Place): string =>
  `${account === UNKNOWN ? 'an unknown account' : `account ${account}`}, ${region === UNKNOWN ? 'unknown region' : `region ${region}`}`;

/**
 * The AWS partition that a region is in.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

export const functionArn = ({ account, region }: Place, name: string): string =>
  `arn:${partitionOf(region)}:lambda:${region}:${account}:function:${name}`;

export const userPoolArn = ({ account, region }: Place, id: string): string =>
  `arn:${partitionOf(region)}:cognito-idp:${region}:${account}:userpool/${id}`;

/** Of an API key. The ARNs of API Gateway name no account. */
export const apiKeyArn = ({ region }: Pick<Place, 'region'>, id: string): string =>
  `arn:${partitionOf(region)}:apigateway:${region}::/apikeys/${id}`;
