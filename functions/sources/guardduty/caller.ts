// The account of the caller in a GuardDuty finding about an API call.
import { AFFILIATED } from '../../domain/alert.ts';
import { UNKNOWN } from '../../domain/place.ts';

/** The account that made the call, and whether it belongs to your organization. */
export type Caller = { account: string; affiliated: boolean | null };

type Text = string | null | undefined;

/**
 * Null for a caller of the finding's own account. GuardDuty names the account of any other caller, or says only that
 * the caller is from another one; the account is then unknown.
 *
 * @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_RemoteAccountDetails.html
 */
export function remoteCaller({
  accountId,
  affiliated = null,
  callerType,
  userType,
}: {
  accountId: Text;
  affiliated: boolean | null | undefined;
  callerType: Text;
  userType: Text;
}): Caller | null {
  if (accountId) return { account: /^\d{12}$/.test(accountId) ? accountId : UNKNOWN, affiliated };
  const isRemote = /^remote ?account$/i.test(callerType ?? '') || userType === 'AWSAccount';
  return isRemote ? { account: UNKNOWN, affiliated } : null;
}

/** Attributes of the caller's identity. */
export const attributesOf = (caller: Caller | null) =>
  caller && { [AFFILIATED]: String(caller.affiliated ?? UNKNOWN) };
