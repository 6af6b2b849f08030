// The runbook of what a person does by hand: what to check first, the exact commands, the way back, and who is told.
import type { Action } from '../domain/action.ts';
import type { ActionName, TargetKindOf } from '../domain/action-catalog.ts';
import type { Alert, EntityKind } from '../domain/alert.ts';
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

/** Null where the action's own description says what to do. */
type Books = {
  readonly [Name in ActionName]: { readonly [Kind in TargetKindOf<Name>]: Book | null };
};

/** A runbook for every action and kind of target: the compiler names one that is missing. */
const BOOKS: Books = {
  add_ip_to_watchlist: { ip: null },
  increase_logging_verbosity: { function: null, instance: null, 'network-interface': null },
  create_alert_ticket: { alert: null },
  send_analyst_notification: { alert: null },
  quarantine_email: { 'email-message': hideMessage },
  block_ip_at_firewall: { ip: refuseAddress },
  disable_user_account_temporarily: { 'iam-user': denyUser, 'cognito-user': disableCognitoUser },
  revoke_api_key: { 'access-key': revokeKey, 'api-key': disableApiKey },
  disable_function_url: { function: null },
  isolate_production_host: {
    instance: isolateInstance,
    'network-interface': isolateInterface,
    ip: isolateAddress,
  },
  revoke_service_account_credential: {
    'access-key': revokeKey,
    'iam-user': denyUser,
    'iam-role': revokeSessions,
    'api-key': disableApiKey,
  },
  block_cidr_range: { ip: refuseAddress },
  initiate_forensic_capture: { instance: captureEvidence },
  send_breach_notification: { alert: prepareNotice },
};

function bookFor(name: ActionName, kind: EntityKind): Book | null {
  const books: Readonly<Partial<Record<EntityKind, Book | null>>> = BOOKS[name];
  return books[kind] ?? null;
}

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
  const book = name && target ? bookFor(name, target.kind) : null;
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
