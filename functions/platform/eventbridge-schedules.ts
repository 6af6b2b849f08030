// Schedules on EventBridge Scheduler: one-time, exact, gone after they fired, with a dead-letter queue.
import type { Scheduler } from '@aws-sdk/client-scheduler';
import { InvalidInput } from '../domain/errors.ts';
import { aws, typedAwsError } from './aws-errors.ts';
import { REVERSAL_LEAD_MS, type Scheduled, type Schedules } from './schedules.ts';

export type ScheduleTargets = {
  groupName: string;
  /** Assumed by the scheduler: may start the reversal and call the reminder, and nothing else. */
  roleArn: string;
  reverseArn: string;
  remindArn: string;
  deadLetterArn: string;
};

/** The variables that schedules need. */
export const SCHEDULE_ENV = [
  'scheduleGroup',
  'scheduleRoleArn',
  'reverseArn',
  'remindFunctionArn',
  'scheduleDeadLetterArn',
] as const;

export const scheduleTargets = (
  env: Record<(typeof SCHEDULE_ENV)[number], string>,
): ScheduleTargets => ({
  groupName: env.scheduleGroup,
  roleArn: env.scheduleRoleArn,
  reverseArn: env.reverseArn,
  remindArn: env.remindFunctionArn,
  deadLetterArn: env.scheduleDeadLetterArn,
});

/** A reversal is worth trying for an hour; after that the sweeper has long taken over. */
const RETRY = { MaximumRetryAttempts: 20, MaximumEventAgeInSeconds: 3600 };

/** Names end here. @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
const MAX_NAME = 64;
/** A time that has passed is moved this far ahead, so that it is still to come when the request arrives. */
const SOONEST_MS = 5_000;

/**
 * The scheduler calls within the minute after the time, and at least once: what it calls is safe to call twice.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function createSchedules(
  client: Pick<Scheduler, 'createSchedule' | 'updateSchedule' | 'deleteSchedule'>,
  targets: ScheduleTargets,
  now: () => Date,
): Schedules {
  const request = ({ name, at, target }: Scheduled) => ({
    Name: name,
    GroupName: targets.groupName,
    ScheduleExpression: `at(${wholeSecond(startOf({ at, target }), now())})`,
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
      if (schedule.name.length > MAX_NAME)
        throw new InvalidInput(`a schedule's name ends at ${MAX_NAME} characters`, ids);
      const create = () => client.createSchedule(request(schedule));
      const move = () => client.updateSchedule(request(schedule));
      if (await unless('ConflictException', create, 'creating a schedule', ids)) return;
      if (await unless('ResourceNotFoundException', move, 'moving a schedule', ids)) return;
      // It fired, and was gone, between the two calls.
      await aws('creating a schedule again', ids, create);
    },
    async remove(name) {
      const remove = () => client.deleteSchedule({ Name: name, GroupName: targets.groupName });
      await unless('ResourceNotFoundException', remove, 'removing a schedule', { schedule: name });
    },
  };
}

const startOf = ({ at, target }: Pick<Scheduled, 'at' | 'target'>): Date =>
  target.kind === 'reverse' ? new Date(at.getTime() - REVERSAL_LEAD_MS) : at;

/**
 * As `at()` takes it: without fractions and zone. Rounded up, because a reversal that comes a moment before its time
 * answers that it is not due, and the schedule is gone.
 */
function wholeSecond(at: Date, now: Date): string {
  const time = Math.max(at.getTime(), now.getTime() + SOONEST_MS);
  return new Date(Math.ceil(time / 1000) * 1000).toISOString().slice(0, 19);
}

/** False when the call fails with the error that we are prepared for; any other is thrown, typed. */
async function unless(
  expected: string,
  call: () => Promise<unknown>,
  what: string,
  ids: { schedule: string },
): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === expected) return false;
    throw typedAwsError(what, ids, error);
  }
}
