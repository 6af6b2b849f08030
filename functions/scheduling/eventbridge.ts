// Schedules on EventBridge Scheduler: one-time, exact, gone after they fired, with a dead-letter queue.
import type { Scheduler } from '@aws-sdk/client-scheduler';
import { aws } from '../audit/aws-errors.ts';
import { ENV, required } from '../domain/env.ts';
import type { Scheduled, Schedules } from './schedules.ts';

export type ScheduleTargets = {
  groupName: string;
  /** Assumed by the scheduler: may start the reversal and call the reminder, and nothing else. */
  roleArn: string;
  reverseArn: string;
  remindArn: string;
  deadLetterArn: string;
};

export const scheduleTargets = (
  env: Readonly<Record<string, string | undefined>>,
): ScheduleTargets => ({
  groupName: required(env, ENV.scheduleGroup),
  roleArn: required(env, ENV.scheduleRoleArn),
  reverseArn: required(env, ENV.reverseArn),
  remindArn: required(env, ENV.remindFunctionArn),
  deadLetterArn: required(env, ENV.scheduleDeadLetterArn),
});

/** A reversal is worth trying for an hour; after that the sweeper has long taken over. */
const RETRY = { MaximumRetryAttempts: 20, MaximumEventAgeInSeconds: 3600 };

/** @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
export function createSchedules(
  client: Pick<Scheduler, 'createSchedule' | 'updateSchedule' | 'deleteSchedule'>,
  targets: ScheduleTargets,
): Schedules {
  const request = ({ name, at, target }: Scheduled) => ({
    Name: name,
    GroupName: targets.groupName,
    // Without fractions and zone: UTC is what the scheduler takes it for.
    ScheduleExpression: `at(${at.toISOString().slice(0, 19)})`,
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'OFF' as const },
    ActionAfterCompletion: 'DELETE' as const,
    Target: {
      Arn: target.kind === 'reverse' ? targets.reverseArn : targets.remindArn,
      RoleArn: targets.roleArn,
      Input: JSON.stringify(target.input),
      RetryPolicy: RETRY,
      DeadLetterConfig: { Arn: targets.deadLetterArn },
    },
  });
  return {
    async put(schedule) {
      const ids = { schedule: schedule.name };
      try {
        await client.createSchedule(request(schedule));
      } catch (error) {
        if (error instanceof Error && error.name === 'ConflictException')
          await aws('moving a schedule', ids, () => client.updateSchedule(request(schedule)));
        else await aws('creating a schedule', ids, () => Promise.reject(error));
      }
    },
    async remove(name) {
      try {
        await client.deleteSchedule({ Name: name, GroupName: targets.groupName });
      } catch (error) {
        if (error instanceof Error && error.name === 'ResourceNotFoundException') return;
        await aws('removing a schedule', { schedule: name }, () => Promise.reject(error));
      }
    },
  };
}
