// Signs the gate's ruling on an action, and reads it back.
import type { Action } from '../domain/action.ts';
import type { ApprovalRequest } from '../domain/approval.ts';
import { digestOf } from '../store/hash-chain.ts';
import {
  identityOf,
  isAbout,
  prove,
  proven,
  type Ruling,
  type Signer,
  type Verifier,
} from './claims.ts';

type Ruled = Pick<
  Action,
  | 'incidentId'
  | 'actionId'
  | 'digest'
  | 'disposition'
  | 'policyVersion'
  | 'inputs'
  | 'reasons'
  | 'considered'
  | 'description'
  | 'approval'
  | 'createdAt'
  | 'target'
>;

/** The action with the proof of its ruling. Only the gate calls this. An action that may not run needs none. */
export async function withRuling(mac: Signer, action: Action): Promise<Action> {
  const { disposition } = action;
  if (disposition !== 'auto' && disposition !== 'approve') return action;
  return { ...action, ruling: await prove(mac, 'ruling', rulingOf(action, disposition)) };
}

/** What the proof of a ruling says. */
export const rulingOf = (action: Ruled, disposition: Ruling['disposition']): Ruling => ({
  ...identityOf(action),
  disposition,
  policyVersion: action.policyVersion,
  evaluated: digestOf({ reasons: action.reasons, considered: action.considered }),
  ...(action.inputs && { inputs: action.inputs }),
  description: digestOf(action.description),
  attributes: digestOf(action.target?.attributes ?? null),
  request: action.approval && requestOf(action.approval),
  at: action.createdAt,
});

const requestOf = ({
  requestedAt,
  expiresAt,
  required,
  roles,
  moreTimeMinutes,
}: ApprovalRequest) => ({ requestedAt, expiresAt, required, roles, moreTimeMinutes });

/** The proven ruling on exactly this action, or null. */
export async function readRuling(mac: Verifier, action: Action): Promise<Ruling | null> {
  const ruling = await proven(mac, 'ruling', action.ruling);
  return ruling &&
    isAbout(ruling, action) &&
    ruling.disposition === action.disposition &&
    ruling.inputs === action.inputs &&
    isOnTarget(ruling, action)
    ? ruling
    : null;
}

const isOnTarget = ({ attributes }: Ruling, { target }: Pick<Action, 'target'>): boolean =>
  attributes === undefined || attributes === digestOf(target?.attributes ?? null);

/**
 * Whether the ruling proves who the target is. Without that proof, a person could vote on an action about themselves.
 */
export const namesTarget = ({ attributes }: Ruling): boolean => attributes !== undefined;

/** Whether people read the description that the gate wrote. Holds until the execution adds its commands. */
export const describes = ({ description }: Ruling, action: Pick<Action, 'description'>): boolean =>
  description === digestOf(action.description);
