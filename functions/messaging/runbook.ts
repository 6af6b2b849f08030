// Writes the runbook of an action: checks, commands, undo, people to notify.
import type { Action } from '../domain/action.ts';
import type { ActionName } from '../domain/action-catalog.ts';
import { AFFILIATED, type Alert, type Entity, type EntityKind } from '../domain/alert.ts';
import type { Facts } from '../domain/facts.ts';
import { UNKNOWN } from '../domain/place.ts';
import { mechanismRunbooks } from './mechanism-runbooks.ts';
import { isolateCluster, isolateDatabase, secureRoot } from './runbooks/account.ts';
import { blockAddress } from './runbooks/address.ts';
import { prepareNotice } from './runbooks/breach.ts';
import { denyUser, disableApiKey, revokeKey, revokeSessions } from './runbooks/credential.ts';
import { captureEvidence } from './runbooks/forensics.ts';
import { isolateAddress, isolateInstance, isolateInterface } from './runbooks/host.ts';
import { knownAbout } from './runbooks/known.ts';
import {
  isolateWorkload,
  secureBucket,
  secureResource,
  stopFunction,
} from './runbooks/resource.ts';
import {
  inPlaceOf,
  type Runbook,
  type RunbookTemplate,
  type RunbookTemplates,
} from './runbooks/template.ts';

/** An action or a kind of target without a template is a type error. */
const templates = (): RunbookTemplates => ({
  ...mechanismRunbooks(),
  isolate_production_host: {
    instance: isolateInstance,
    'network-interface': isolateInterface,
    ip: isolateAddress,
    cluster: isolateCluster,
    database: isolateDatabase,
  },
  revoke_service_account_credential: {
    'access-key': revokeKey,
    'iam-user': denyUser,
    'iam-role': revokeSessions,
    'api-key': disableApiKey,
    'root-user': secureRoot,
  },
  block_cidr_range: { ip: blockAddress },
  initiate_forensic_capture: { instance: captureEvidence },
  send_breach_notification: { alert: prepareNotice },
  contain_resource: {
    workload: isolateWorkload,
    function: stopFunction,
    bucket: secureBucket,
    resource: secureResource,
  },
});

function templateFor(name: ActionName, kind: EntityKind): RunbookTemplate | null {
  const byKind: Readonly<Partial<Record<EntityKind, RunbookTemplate | null>>> = templates()[name];
  return byKind[kind] ?? null;
}

type Described = Pick<
  Action,
  | 'name'
  | 'target'
  | 'description'
  | 'actionId'
  | 'incidentId'
  | 'account'
  | 'region'
  | 'createdAt'
  | 'mechanism'
  | 'parameters'
>;

/** Without a template, the runbook is the description's changes and its manual undo. */
export function runbookOf(
  action: Described,
  alert: Pick<Alert, 'traffic' | 'entities'>,
  facts: Facts | null,
): Runbook {
  const { name, target, description } = action;
  const template = name && target ? templateFor(name, target.kind) : null;
  if (!template || !target)
    return withPlace(action, {
      check: [],
      look: [],
      act: description?.changes ?? [],
      undo: description?.manualUndo ?? [],
      notify: [],
    });
  const one = { action, target, alert, facts };
  const { check, look, ...rest } = template(one);
  return withPlace(action, {
    ...rest,
    look,
    check: [...callerFrom(target), ...knownAbout(one), ...check],
  });
}

/** Commands act on the account that the reader is signed in to, so each section first checks it. */
const withPlace = (action: Described, { look, act, undo, ...rest }: Runbook): Runbook => ({
  ...rest,
  look: inPlaceOf(action, look),
  act: inPlaceOf(action, act),
  undo: inPlaceOf(action, undo),
});

/** A caller of another account: who can revoke its credentials. */
function callerFrom({ attributes, place: { account } }: Entity): string[] {
  const affiliated = attributes[AFFILIATED];
  if (affiliated === undefined) return [];
  const named = account === UNKNOWN ? 'another account' : `account ${account}`;
  return affiliated === 'true'
    ? [`The caller belongs to ${named} of your organization. Its owner must agree.`]
    : [
        `The caller belongs to ${named}, which GuardDuty does not count as yours. Only the owner of that account can revoke the credential. If you can’t reach them, report it to AWS Trust & Safety.`,
      ];
}
