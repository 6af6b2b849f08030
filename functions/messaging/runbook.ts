// The runbook of what a person does by hand: what to check first, the exact commands, the way back, and who is told.
import type { Action } from '../domain/action.ts';
import type { ActionName } from '../domain/action-catalog.ts';
import type { Alert } from '../domain/alert.ts';
import type { Facts } from '../domain/facts.ts';
import { refuseAddress } from './runbooks/address.ts';
import { prepareNotice } from './runbooks/breach.ts';
import {
  denyUser,
  disableApiKey,
  disableCognitoUser,
  revokeKey,
  revokeSessions,
} from './runbooks/credential.ts';
import { captureEvidence } from './runbooks/forensics.ts';
import { isolateAddress, isolateInstance, isolateInterface } from './runbooks/host.ts';
import { whatIsKnown } from './runbooks/known.ts';
import { hideMessage } from './runbooks/message.ts';
import { awsIn, type Book, type Runbook } from './runbooks/template.ts';

const BOOKS: Readonly<Partial<Record<ActionName | `${ActionName} ${string}`, Book>>> = {
  'isolate_production_host instance': isolateInstance,
  'isolate_production_host network-interface': isolateInterface,
  'isolate_production_host ip': isolateAddress,
  'revoke_service_account_credential access-key': revokeKey,
  'revoke_service_account_credential iam-user': denyUser,
  'revoke_service_account_credential iam-role': revokeSessions,
  'revoke_service_account_credential api-key': disableApiKey,
  block_cidr_range: refuseAddress,
  initiate_forensic_capture: captureEvidence,
  send_breach_notification: prepareNotice,
  // Tier 2, where the gate hands over instead of asking.
  block_ip_at_firewall: refuseAddress,
  'disable_user_account_temporarily iam-user': denyUser,
  'disable_user_account_temporarily cognito-user': disableCognitoUser,
  'revoke_api_key access-key': revokeKey,
  'revoke_api_key api-key': disableApiKey,
  // Tier 1, where the account is not joined to the mail provider.
  quarantine_email: hideMessage,
};

type Told = Pick<
  Action,
  'name' | 'target' | 'description' | 'actionId' | 'incidentId' | 'account' | 'region' | 'createdAt'
>;

/** For this action on this target. Where there is no book for it, what the action would have changed. */
export function runbookOf(
  action: Told,
  alert: Pick<Alert, 'traffic' | 'entities'>,
  facts: Facts | null,
): Runbook {
  const { name, target, description } = action;
  const book = name && target ? (BOOKS[`${name} ${target.kind}`] ?? BOOKS[name]) : undefined;
  if (!book || !target)
    return {
      check: [],
      look: [],
      act: description?.changes ?? [],
      undo: description?.manualUndo ?? [],
      tell: [],
    };
  const one = { action, target, alert, facts };
  const { check, look, ...rest } = book(one);
  const inAws = look.some((line) => line.includes('aws '));
  return {
    ...rest,
    check: [...whatIsKnown(one), ...check],
    look: inAws ? [whichAccount(action), ...look] : look,
  };
}

/** Commands act on whatever account one is signed in to. */
const whichAccount = (action: Told): string =>
  `${awsIn({ action })('sts get-caller-identity --output text --query Account')}  # has to say ${action.account}`;
