// increase_logging_verbosity for instances: a flow log per interface.

import * as z from 'zod/mini';
import type { Description, Parameters } from '../../domain/action.ts';
import type { Entity } from '../../domain/alert.ts';
import { InvalidInput, NotFound, QuotaExceeded, StateChanged } from '../../domain/errors.ts';
import type { Facts } from '../../domain/facts.ts';
import { shellQuoted } from '../../domain/wording.ts';
import { undoneAfter } from '../affected.ts';
import { defineMechanism, type MechanismInfo, type Subject } from '../mechanism.ts';
import {
  createFlowLogAccess,
  type FlowLogClients,
  type Found,
  MAX_FLOW_LOGS,
  TAG,
} from './flow-logs.ts';

/** Old IDs have 8 digits, newer ones 17. */
const InterfaceId = z.string().check(z.regex(/^eni-([0-9a-f]{8}|[0-9a-f]{17})$/));
const Parameter = z.strictObject({ interfaceId: InterfaceId });

/** The flow logs that the interface had before the change. */
const Before = z.strictObject({ ours: z.array(z.string()), others: z.array(z.string()) });
type Before = z.infer<typeof Before>;

export const recordFlowsInfo: MechanismInfo = {
  id: 'flow-log.interface',
  version: 2,
  action: 'increase_logging_verbosity',
  scope: 'flow-log',
  targetKinds: ['instance', 'network-interface'],
  quota: `${MAX_FLOW_LOGS} flow logs per network interface`,
  effects: (_alert, target, facts) =>
    interfacesOf(target, facts).map((interfaceId) => ({ interfaceId })),
  effectKey: ({ region, parameters }) => `flow-log:${region}:${interfaceOf(parameters)}`,
  describe,
};

export const recordFlows = /* @__PURE__ */ defineMechanism<FlowLogClients, Before>(
  recordFlowsInfo,
  {
    before: Before,
    alreadyInPlace: ({ ours }) => ours.length > 0,
    connect,
  },
);

/**
 * The interface that the alert is about, or those of the instance: as the alert names them, or else as EC2 does.
 * Security Hub and attack sequences name none.
 */
function interfacesOf({ ref, kind, value, attributes }: Entity, facts: Facts | null): string[] {
  if (kind !== 'instance') return valid([value]);
  const named = valid((attributes.interfaceIds ?? '').split(','));
  if (named.length > 0) return named;
  const read = facts?.entities.find((entity) => entity.ref === ref)?.instance?.interfaceIds;
  return read?.known ? valid(read.value) : [];
}

const valid = (ids: readonly string[]): string[] => [
  ...new Set(ids.filter((id) => InterfaceId.safeParse(id).success)),
];

function interfaceOf(parameters: Parameters): string {
  const parsed = Parameter.safeParse(parameters);
  if (parsed.success) return parsed.data.interfaceId;
  throw new InvalidInput('the action names no network interface', {}, parsed.error);
}

function describe(subject: Subject): Description {
  const { target, region, parameters } = subject;
  const interfaceId = interfaceOf(parameters);
  const of = target.kind === 'instance' ? ` of ${target.value}` : '';
  const ec2 = (verb: string) => `aws ec2 ${verb} --region ${shellQuoted(region)}`;
  const ours = `Name=resource-id,Values=${interfaceId} Name=tag-key,Values=${TAG}`;
  return {
    headline: `Turn on flow logs for ${interfaceId}${of}`,
    changes: [
      `Create a flow log on ${interfaceId}${of} that writes to the log group of this stack`,
      'Record source, destination, ports, volume and whether the traffic was accepted, each minute, without contents',
    ],
    affected: [
      'No user and no service: recording flows does not slow traffic down',
      'The log bill, which grows with the traffic',
      `Not affected: other flow logs of the interface. AWS allows ${MAX_FLOW_LOGS} for one interface`,
    ],
    undo: `${undoneAfter('Deletes exactly this flow log', subject)}. Recorded flows remain in the log group`,
    manualUndo: [
      `${ec2('delete-flow-logs')} --flow-log-ids $(${ec2('describe-flow-logs')} --filter ${ours} --query 'FlowLogs[].FlowLogId' --output text)`,
    ],
  };
}

function connect(clients: FlowLogClients): ReturnType<typeof recordFlows.connect> {
  const access = createFlowLogAccess(clients);
  const idsOf = (found: readonly Found[], whose: Found['owner']) =>
    found.filter((one) => one.owner === whose).map(({ id }) => id);
  /** Our flow logs that were created after the capture. */
  const newOf = (found: readonly Found[], { ours }: Before) =>
    idsOf(found, 'ours').filter((id) => !ours.includes(id));

  return {
    async capture({ parameters }) {
      const found = await access.list(interfaceOf(parameters));
      const ours = idsOf(found, 'ours');
      return { ours, others: found.map(({ id }) => id).filter((id) => !ours.includes(id)) };
    },
    async apply({ parameters, actionId, incidentId }) {
      const interfaceId = interfaceOf(parameters);
      const found = await access.list(interfaceId);
      if (idsOf(found, 'ours').length > 0) return;
      if (found.length >= MAX_FLOW_LOGS)
        throw new QuotaExceeded(
          `${interfaceId} already has ${found.length} other flow logs (${found.map(({ id }) => id).join(', ')}), the maximum`,
          { interfaceId },
        );
      await access.create(interfaceId, { actionId, incidentId });
    },
    async verify({ parameters }) {
      const interfaceId = interfaceOf(parameters);
      const found = await access.listUntil(interfaceId, (now) =>
        now.some(({ owner: whose, active }) => whose === 'ours' && active),
      );
      const ours = found.find(({ owner: whose, active }) => whose === 'ours' && active);
      if (!ours) await access.rejectMissingInterface(interfaceId);
      return ours
        ? {
            holds: true,
            found: `${ours.id} records the flows of ${interfaceId}${ours.trouble ? `, but cannot deliver: ${ours.trouble}` : ''}`,
          }
        : { holds: false, found: `${interfaceId} has no flow log of this stack` };
    },
    async revert({ parameters }, before) {
      const interfaceId = interfaceOf(parameters);
      const found = await access.list(interfaceId);
      const untagged = idsOf(found, 'untagged').filter((id) => !before.others.includes(id));
      if (untagged.length > 0)
        throw new StateChanged(
          `${untagged.join(', ')} writes to this stack's log group without its tag: someone removed the tag or created the flow log`,
          { interfaceId },
        );
      const ours = newOf(found, before);
      if (ours.length === 0) return;
      try {
        await access.remove(interfaceId, ours);
      } catch (error) {
        // EC2 may list a deleted flow log for a short time. verifyReverted checks that it is gone.
        if (!(error instanceof NotFound)) throw error;
      }
    },
    async verifyReverted({ parameters }, before) {
      const interfaceId = interfaceOf(parameters);
      const found = await access.listUntil(interfaceId, (now) => newOf(now, before).length === 0);
      const left = newOf(found, before);
      if (left.length === 0) await access.rejectMissingInterface(interfaceId);
      return left.length === 0
        ? { holds: true, found: `${interfaceId} no longer has a flow log of this stack` }
        : { holds: false, found: `${interfaceId} still has ${left.join(', ')}` };
    },
  };
}
