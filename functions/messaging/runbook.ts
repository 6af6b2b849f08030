// The runbook of what a person does by hand: what to check first, the exact commands, the way back, and who is told.
import type { Action } from '../domain/action.ts';
import type { ActionName } from '../domain/action-catalog.ts';
import type { Alert, EntityKind } from '../domain/alert.ts';
import type { Facts } from '../domain/facts.ts';
import { mechanismRunbooks } from './mechanism-runbooks.ts';
import { refuseAddress } from './runbooks/address.ts';
import { prepareNotice } from './runbooks/breach.ts';
import { denyUser, disableApiKey, revokeKey, revokeSessions } from './runbooks/credential.ts';
import { captureEvidence } from './runbooks/forensics.ts';
import { isolateAddress, isolateInstance, isolateInterface } from './runbooks/host.ts';
import { whatIsKnown } from './runbooks/known.ts';
import { awsIn, type Book, type Books, type Runbook } from './runbooks/template.ts';

/** The compiler names an action or a kind of target that neither a mechanism's folder nor this list answers. */
const booksOfActions = (): Books => ({
  ...mechanismRunbooks(),
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
});

function bookFor(name: ActionName, kind: EntityKind): Book | null {
  const books: Readonly<Partial<Record<EntityKind, Book | null>>> = booksOfActions()[name];
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
