// One-time schedules in EventBridge Scheduler, against a fake and moto.
import { CreateScheduleGroupCommand, Scheduler } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSchedules } from '../../functions/platform/eventbridge-schedules.ts';
import {
  reminderScheduleName,
  reversalScheduleName,
  type Scheduled,
} from '../../functions/platform/schedules.ts';
import { type Moto, startMoto } from '../moto/moto-server.ts';

const NOW = new Date('2026-11-24T03:00:00.000Z');
const ACTION_ID = 'act-0123456789abcdef-10';
const CONFIG = {
  groupName: 'countermand',
  roleArn: 'arn:aws:iam::123456789012:role/countermand-schedules',
  reverseArn: 'arn:aws:states:eu-central-1:123456789012:stateMachine:reverse',
  remindArn: 'arn:aws:lambda:eu-central-1:123456789012:function:remind',
  deadLetterArn: 'arn:aws:sqs:eu-central-1:123456789012:dead',
};

const reversal = (at: string, name = reversalScheduleName(ACTION_ID)): Scheduled => ({
  name,
  at: new Date(at),
  target: {
    kind: 'reverse',
    input: {
      incidentId: 'inc-0123456789abcdef',
      actionId: ACTION_ID,
      scope: 'waf',
      cause: 'due',
      by: 'schedule',
      evidence: 'the-evidence',
    },
  },
});
const reminder = (at: string): Scheduled => ({
  name: reminderScheduleName(ACTION_ID),
  at: new Date(at),
  target: { kind: 'remind', input: { incidentId: 'inc-0123456789abcdef', actionId: ACTION_ID } },
});

const failing = (name: string) => Object.assign(new Error('from AWS'), { name });

/** Answers each call with the next outcome: an error name to fail with, or null to succeed. */
function scripted(outcomes: Record<string, (string | null)[]>) {
  const calls: { operation: string; input: unknown }[] = [];
  const operation = (name: string) => async (input: unknown) => {
    calls.push({ operation: name, input });
    const outcome = outcomes[name]?.shift();
    if (outcome) throw failing(outcome);
    return { $metadata: {} };
  };
  const client = {
    createSchedule: operation('create'),
    updateSchedule: operation('update'),
    deleteSchedule: operation('delete'),
  } as unknown as Pick<Scheduler, 'createSchedule' | 'updateSchedule' | 'deleteSchedule'>;
  return { calls, schedules: createSchedules(client, CONFIG, () => NOW) };
}

const putAt = async (at: string) => {
  const { calls, schedules } = scripted({});
  await schedules.put(reversal(at));
  return (calls[0]!.input as { ScheduleExpression: string }).ScheduleExpression;
};

describe('requests to EventBridge Scheduler', () => {
  test('schedules a reversal once on the reverse state machine, and deletes the schedule afterwards', async () => {
    const { calls, schedules } = scripted({});
    await schedules.put(reversal('2026-11-24T04:00:00.000Z'));
    expect(calls).toMatchObject([
      {
        operation: 'create',
        input: {
          Name: `reverse-${ACTION_ID}`,
          GroupName: 'countermand',
          ScheduleExpression: 'at(2026-11-24T03:59:15)',
          ScheduleExpressionTimezone: 'UTC',
          FlexibleTimeWindow: { Mode: 'OFF' },
          ActionAfterCompletion: 'DELETE',
          Target: {
            Arn: CONFIG.reverseArn,
            RoleArn: CONFIG.roleArn,
            DeadLetterConfig: { Arn: CONFIG.deadLetterArn },
          },
        },
      },
    ]);
    const { Target } = calls[0]!.input as { Target: { Input: string } };
    expect(JSON.parse(Target.Input)).toEqual(reversal('2026-11-24T04:00:00Z').target.input);
  });

  test('schedules a reminder on the remind function', async () => {
    const { calls, schedules } = scripted({});
    await schedules.put(reminder('2026-11-24T04:00:00.000Z'));
    expect(calls[0]?.input).toMatchObject({ Target: { Arn: CONFIG.remindArn } });
  });

  test('schedules a reversal 45 seconds before the due time, and never earlier', async () => {
    expect(await putAt('2026-11-24T04:00:00.001Z')).toBe('at(2026-11-24T03:59:16)');
  });

  test('schedules a time in the past as soon as possible', async () => {
    expect(await putAt('2026-11-24T02:00:00.000Z')).toBe('at(2026-11-24T03:00:05)');
  });

  test('rejects a name that the service does not allow before the call', async () => {
    const { calls, schedules } = scripted({});
    await expect(
      schedules.put(reversal('2026-11-24T04:00:00Z', 'x'.repeat(65))),
    ).rejects.toMatchObject({ name: 'InvalidInput' });
    expect(calls).toEqual([]);
  });
});

describe('repeated calls', () => {
  test('replaces an existing schedule', async () => {
    const { calls, schedules } = scripted({ create: ['ConflictException'] });
    await schedules.put(reversal('2026-11-24T05:00:00Z'));
    expect(calls.map(({ operation }) => operation)).toEqual(['create', 'update']);
    expect(calls[1]?.input).toMatchObject({ ScheduleExpression: 'at(2026-11-24T04:59:15)' });
  });

  test('creates a schedule again when it fires between create and update', async () => {
    const { calls, schedules } = scripted({
      create: ['ConflictException', null],
      update: ['ResourceNotFoundException'],
    });
    await schedules.put(reversal('2026-11-24T05:00:00Z'));
    expect(calls.map(({ operation }) => operation)).toEqual(['create', 'update', 'create']);
  });

  test('removes a schedule that has already fired without an error', async () => {
    const { schedules } = scripted({ delete: ['ResourceNotFoundException'] });
    await expect(schedules.remove('reverse-x')).resolves.toBeUndefined();
  });

  test.each([
    ['ThrottlingException', 'Throttled'],
    ['InternalServerException', 'Unavailable'],
    ['AccessDeniedException', 'Denied'],
    ['ResourceNotFoundException', 'NotFound'],
    ['ServiceQuotaExceededException', 'QuotaExceeded'],
  ])('throws %s from create as %s, with its cause', async (from, to) => {
    const { schedules } = scripted({ create: [from] });
    await expect(schedules.put(reversal('2026-11-24T05:00:00Z'))).rejects.toMatchObject({
      name: to,
      cause: { name: from },
    });
  });

  test('throws Denied when AWS denies the removal of a schedule', async () => {
    const { schedules } = scripted({ delete: ['AccessDeniedException'] });
    await expect(schedules.remove('reverse-x')).rejects.toMatchObject({ name: 'Denied' });
  });
});

describe('against moto', () => {
  let moto: Moto;
  let client: Scheduler;
  beforeAll(async () => {
    moto = await startMoto();
    client = new Scheduler(moto.clientConfig);
    await client.send(new CreateScheduleGroupCommand({ Name: CONFIG.groupName }));
  });
  afterAll(() => moto.stop());

  test('creates, replaces and removes a schedule, and removes it again', async () => {
    const schedules = createSchedules(client, CONFIG, () => NOW);
    const name = reversalScheduleName(ACTION_ID);
    const stored = () => client.getSchedule({ Name: name, GroupName: CONFIG.groupName });
    await schedules.put(reversal('2026-11-24T04:00:00Z'));
    await schedules.put(reversal('2026-11-24T05:00:00Z'));
    expect(await stored()).toMatchObject({
      ScheduleExpression: 'at(2026-11-24T04:59:15)',
      ActionAfterCompletion: 'DELETE',
      Target: { Arn: CONFIG.reverseArn },
    });
    await schedules.remove(name);
    await schedules.remove(name);
    await expect(stored()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
