// Decision pages with the longest texts that the product writes.
import type { Action } from '../../functions/domain/action.ts';
import { NEWS, raisedText } from '../../functions/domain/effect-state.ts';
import { known, type NetworkAclFacts, unknown } from '../../functions/domain/facts.ts';
import { MECHANISMS } from '../../functions/mechanisms/registry.ts';
import { append } from '../../functions/store/hash-chain.ts';
import {
  alertWith,
  attacker,
  customer,
  factsAbout,
  factsWith,
  INCIDENT_ID,
  leakedKey,
  subjectOn,
  suspectUser,
} from '../fixtures/case.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { createPages, minute, put, requestWith, waiting } from '../web/approval-pages.ts';

const USER = 'payments-reconciliation-and-settlement-export-production-eu-west'.padEnd(64, '1');
const IPV6 = '2001:db8:1234:5678:9abc:def0:1234:5678';
const DENIED = unknown('AccessDenied: not authorized to perform this action');
const TITLE =
  'An API was invoked from an address on a custom threat list by a user that never did so';

const wide: NetworkAclFacts = {
  networkAclId: 'acl-0a1b2c3d4e5f60701',
  isDefault: true,
  vpcId: 'vpc-0a1b2c3d4e5f60701',
  subnets: { ids: ['subnet-1'], count: 12 },
  instances: { ids: ['i-1'], count: 140 },
  otherInterfaces: 23,
  rules: { ingress: { ipv4: 20, ipv6: 20 }, egress: { ipv4: 2, ipv6: 2 } },
  optedIn: true,
};
const identity = {
  ...{ serviceAccount: DENIED, tags: DENIED, groups: DENIED, consoleAccess: DENIED, mfa: DENIED },
  ...{ lastUsed: DENIED, status: known('Active'), createdAt: DENIED },
};
const history = {
  ...{ earlierIncidents: DENIED, inForce: DENIED, reversedByPeople: DENIED, declined: DENIED },
};
const facts = factsWith(
  factsAbout('key-1', { address: null, identity, history }),
  factsAbout('user-1', { address: null, identity, history }),
  factsAbout('ip-1', { history }),
  factsAbout('cognito-user-1', { address: null, history }),
  factsAbout('instance-1', {
    address: null,
    instance: {
      networkAcls: known([wide]),
      ...{ tags: DENIED, forwards: DENIED, interfaceIds: known([]) },
    },
  }),
);

/** A request as the gate writes it, described by its mechanism. */
function request(
  n: number,
  id: string,
  target: Action['target'] & object,
  change: Partial<Action> = {},
): Action {
  const mechanism = MECHANISMS.find((one) => one.id === id);
  if (!mechanism) throw new Error(`there is no mechanism ${id}`);
  const { parameters = {} } = change;
  const subject = subjectOn(target, { parameters, durationMinutes: 24 * 60 });
  const core = {
    ...{ actionId: `act-0123456789abcdef-${n}`, name: mechanism.action, mechanism: id, target },
    ...{
      scope: mechanism.scope,
      effectKey: mechanism.effectKey(subject),
      durationMinutes: 24 * 60,
    },
  };
  return waiting({
    ...{ ...core, parameters, description: mechanism.describe(subject, facts), ...change },
  });
}

const user = { ...suspectUser, value: USER, attributes: { userType: 'IAMUser', userName: USER } };
const key = { ...leakedKey, attributes: user.attributes };
const host = { ...attacker, value: IPV6 };
const mail = (name: string) => ({
  ...{ ...customer, ref: 'email-message-1', kind: 'email-message' as const },
  value: `${name}@finance.europe.subsidiary.example.com/AAMkAGI2NGVhZTVlLTI1OGMtNDI4My05`,
  attributes: {
    provider: 'microsoft-graph',
    sender: 'invoices@example.net',
    subject: 'Overdue invoice: please confirm the new bank account before the end of today, urgent',
  },
});
const denyAcl = { networkAclId: wide.networkAclId, direction: 'ingress' };

const PAIRS: Readonly<Record<string, readonly [Action, Action]>> = {
  'the key and the access of a user with the longest name': [
    request(1, 'access-key.inactive', key, { parameters: { userName: USER } }),
    request(2, 'user.deny-all', user),
  ],
  'an IPv6 address on the web and in a full, shared network ACL': [
    request(1, 'waf.block-address', host),
    request(2, 'network.deny-address', host, { parameters: denyAcl }),
  ],
  'a message with a long subject and a customer with the longest name': [
    request(1, 'mail.graph-message', mail('accounts.payable.and.receivable')),
    request(
      2,
      'user-pool.disable-user',
      { ...customer, value: USER.repeat(2) },
      {
        parameters: { userPoolId: 'eu-central-1_EXAMPLE12' },
      },
    ),
  ],
};

const NEWS_TEXT = [
  'Active again after it was suppressed',
  raisedText('medium', 'critical'),
  `New actor: ${[1, 2, 3].map((n) => `“${IPV6.slice(0, -1)}${n}”`).join(', ')} and 37 more`,
].join('. ');

/** The request with an update, and with a second approver. */
const updated = (action: Action): Action => ({
  ...action,
  approval: requestWith({ required: 2, notes: ['Step 2 was skipped: no one is on call'] }),
  history: append(action.actionId, action.history, {
    ...{ at: minute(2), by: 'gate', event: NEWS, text: NEWS_TEXT },
  }),
});

/** Attackers that no action covers. */
const others = Array.from({ length: 40 }, (_, n) => ({
  ...{ ...attacker, ref: `ip-${n + 2}`, value: `203.0.113.${n + 20}` },
}));

const longAlert = alertWith({
  ...{ title: TITLE.repeat(3), type: 'TTPs/Discovery/IAMUser-AnomalousBehavior/Custom:Unknown' },
  ...{
    severity: { score: 5, label: 'medium' },
    count: 1200,
    firstSeenAt: '2025-03-01T02:58:00.000Z',
  },
  lastSeenAt: '2025-03-01T02:58:00.000Z',
  entities: [{ ...attacker, value: IPV6 }, ...alertWith().entities.slice(1)],
});

/** The page about these requests, opened by the primary. `noticed`: with every notice that a page can have. */
export async function longestPage(
  actions: readonly Action[],
  noticed: boolean,
  alert = longAlert,
): Promise<string> {
  const store = storeOn(memoryTable());
  const all = noticed ? actions.map(updated) : actions;
  const [first] = all;
  if (!first) throw new Error('expected a request');
  await put(store, first, {
    ...alert,
    entities: [...alert.entities, ...(noticed ? others : [])],
  });
  for (const one of all.slice(1)) await store.records.createAction(one);
  await store.records.putFacts(INCIDENT_ID, first.alertId, facts);
  if (noticed)
    await store.records.changeIncident(INCIDENT_ID, (incident) => {
      const [own] = incident.alerts;
      if (!own) return null;
      const worse = { ...own, alertId: OTHER, title: TITLE, severity: 'critical' as const };
      return { ...incident, alerts: [{ ...own, state: 'suppressed' }, worse] };
    });
  const { app, clock, pathOf } = createPages(store);
  clock.now = minute(4);
  return (await app.request(await pathOf(first))).text();
}

/** The second request is about another alert of the incident. */
const OTHER = 'al-abcdef0123456789';
const ofOther = (action: Action): Action => ({ ...action, alertId: OTHER });

const TEXT =
  'Deactivate every access key of this user in the production account of the shop and its stores';
const described = {
  ...{ headline: TEXT, changes: ['Deactivate it'], affected: [TEXT.slice(0, 60)] },
  ...{ undo: 'Sets the key back to Active after 24 h, unless someone keeps it.', manualUndo: [] },
};

/** Two requests of ordinary length, just too long for the normal size. */
export const ORDINARY = {
  actions: [
    request(1, 'access-key.inactive', leakedKey, {
      parameters: { userName: 'report-export' },
      description: described,
    }),
    request(2, 'user.deny-all', suspectUser, { description: described }),
  ],
  alert: alertWith({
    type: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom',
    entities: [attacker, suspectUser, leakedKey],
  }),
};

/** One or two requests with the longest texts. */
export const LONGEST: readonly { title: string; actions: readonly Action[] }[] = Object.entries(
  PAIRS,
).flatMap(([title, [first, second]]) => [
  { title, actions: [first, ofOther(second)] },
  { title: `${title}, the first only`, actions: [first] },
  { title: `${title}, the second only`, actions: [second] },
]);
