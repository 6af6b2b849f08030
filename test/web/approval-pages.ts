// An action with its alert and incident, and the pages that serve its links.

import type { Action } from '../../functions/domain/action.ts';
import type { Alert } from '../../functions/domain/alert.ts';
import type { ApprovalRequest } from '../../functions/domain/approval.ts';
import { issueLink, type LinkClaims } from '../../functions/links/link.ts';
import { blockAddress } from '../../functions/mechanisms/waf/address.ts';
import { overdueAt, type Scheduled } from '../../functions/platform/schedules.ts';
import { append } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import type { WebDeps } from '../../functions/web/deps.ts';
import { issueNonce } from '../../functions/web/form.ts';
import { createWeb } from '../../functions/web/web.ts';
import { createMac } from '../../local/mac.ts';
import { schedulesIn, toyAction } from '../execute/toy.ts';
import {
  alertWith,
  assess,
  attacker,
  INCIDENT_ID,
  incidentWith,
  NOW,
  POLICY,
  recommend,
  subjectOn,
} from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';

export const BASE_URL = 'https://countermand.example';
export const mac = createMac(new Uint8Array(32).fill(7));
/** The page key, which is not the link key. */
export const pages = createMac(new Uint8Array(32).fill(9));
export const minute = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

const person = (id: string) => {
  const { name, email } = POLICY.escalation.people[id]!;
  return { id, name, email };
};
export const ana = person('ana.silva');
export const ben = person('ben.okafor');
export const mei = person('mei.tanaka');

export const requestWith = (change: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  requestedAt: NOW.toISOString(),
  expiresAt: minute(15).toISOString(),
  rungs: [
    { at: NOW.toISOString(), ask: [ana] },
    { at: minute(5).toISOString(), ask: [ben] },
  ],
  managers: [mei],
  notes: [],
  required: 1,
  roles: ['analyst', 'manager'],
  declineEnds: true,
  moreTimeMinutes: 0,
  moreTime: null,
  acknowledged: null,
  handedTo: [],
  declineReasons: [],
  askedRungs: 1,
  taskToken: 'token-1',
  votes: [],
  decision: null,
  ...change,
});

const subject = subjectOn(attacker);

/** A block that waits for approval by Ana or Ben. */
export const waiting = (change: Partial<Action> = {}): Action =>
  toyAction({
    status: 'awaiting-approval',
    disposition: 'approve',
    reasons: [{ code: 'tier-2', text: 'Tier 2: needs approval' }],
    description: blockAddress.describe(subject, null),
    approval: requestWith(),
    attentionAt: minute(17).toISOString(),
    ...change,
  });

export const approvedByAna = requestWith({
  decision: { verdict: 'approved', by: 'ana.silva', at: minute(2).toISOString(), reason: '' },
});

/** The block, in force from minute 3 to minute 63. */
export const inForce = (change: Partial<Action> = {}): Action =>
  waiting({
    status: 'in-force',
    approval: approvedByAna,
    before: { present: false },
    appliedAt: minute(3).toISOString(),
    dueAt: minute(63).toISOString(),
    attentionAt: overdueAt(minute(63).toISOString()),
    history: append(subject.actionId, [], {
      at: minute(3),
      by: 'execute',
      event: 'in-force',
      text: 'Applied and verified',
    }),
    ...change,
  });

export const put = async (store: Store, action: Action, alert: Alert = alertWith()) => {
  await store.records.createIncident(incidentWith(alert));
  await store.records.putAlert(INCIDENT_ID, alert, {});
  await store.records.putAssessment(INCIDENT_ID, alert.alertId, {
    ...assess(recommend()),
    origin: 'anthropic',
    model: 'a-model',
  });
  await store.records.createAction(action);
  return action;
};

/** The pages over a store, with their outside calls in `did` and a settable clock. */
export function createPages(store: Store, change: Partial<WebDeps> = {}) {
  const did: string[] = [];
  const logged: string[] = [];
  const kept = new Map<string, Scheduled>();
  const clock = { now: minute(1) };
  const deps: WebDeps = {
    store,
    policy: POLICY,
    mac,
    pages,
    keys: KEYS,
    newId: () => 'id-1',
    provider: null,
    callback: async (token, output) => void did.push(`callback ${token} ${output.verdict}`),
    startReverse: async (name, input) => void did.push(`reverse ${name} ${JSON.stringify(input)}`),
    startRespond: async (name, input) => void did.push(`respond ${name} ${JSON.stringify(input)}`),
    ask: async (input) => void ('to' in input && did.push(`ask ${input.to}`)),
    schedules: schedulesIn(kept),
    webBaseUrl: BASE_URL,
    now: () => clock.now,
    log: (level, message, fields) => void logged.push(JSON.stringify([level, message, fields])),
    ...change,
  };
  const app = createWeb(deps);
  const pathOf = async (action: Action, claims: Partial<LinkClaims> = {}) => {
    const all: LinkClaims = {
      purpose: 'approve',
      incidentId: action.incidentId,
      actionId: action.actionId,
      digest: action.digest,
      person: ana.id,
      expires: minute(15).getTime() / 1000,
      ...claims,
    };
    return `/${all.purpose}/${await issueLink(mac, all)}`;
  };
  const nonceOf = (path: string) =>
    issueNonce(pages, path.split('/').at(-1) ?? '', 'id-1', clock.now);
  return {
    app,
    did,
    logged,
    kept,
    clock,
    pathOf,
    reviewPathOf: (action: Action, claims: Partial<LinkClaims> = {}) =>
      pathOf(action, { purpose: 'review', expires: minute(63).getTime() / 1000, ...claims }),
    nonceOf,
    /** Posts the form with the nonce of a page that was just shown. */
    post: async (
      path: string,
      form: Record<string, string>,
      headers: Record<string, string> = {},
    ) =>
      app.request(path, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          'Sec-Fetch-Site': 'same-origin',
          Origin: 'null',
          ...headers,
        },
        body: new URLSearchParams({ nonce: await nonceOf(path), ...form }).toString(),
      }),
  };
}
