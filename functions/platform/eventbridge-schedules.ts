// One-time schedules on EventBridge Scheduler, with a dead-letter queue.
import type { Scheduler } from '@aws-sdk/client-scheduler';
import { InvalidInput } from '../domain/errors.ts';
import { aws, typedAwsError } from './aws-errors.ts';
import { REVERSAL_LEAD_MS, type Scheduled, type Schedules } from './schedules.ts';

export type ScheduleTargets = {
  groupName: string;
  /** Assumed by the scheduler. It may only start the reversal and call the reminder. */
  roleArn: string;
  reverseArn: string;
  remindArn: string;
  deadLetterArn: string;
};

/** The environment variables that schedules need. */
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

/** Retries a reversal for an hour. The sweeper takes over long before that. */
const RETRY = { MaximumRetryAttempts: 20, MaximumEventAgeInSeconds: 3600 };

/** Maximum length of a name. @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
const MAX_NAME = 64;
/** A time in the past is moved this far into the future, because the API rejects past times. */
const SOONEST_MS = 5_000;

/**
 * EventBridge Scheduler fires at least once, within the minute that starts at the set time. Its targets must be
 * idempotent.
 *
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
        throw new InvalidInput(`a schedule name has at most ${MAX_NAME} characters`, ids);
      const create = () => client.createSchedule(request(schedule));
      const move = () => client.updateSchedule(request(schedule));
      if (await succeedsUnless('ConflictException', create, 'creating a schedule', ids)) return;
      if (await succeedsUnless('ResourceNotFoundException', move, 'moving a schedule', ids)) return;
      // The schedule fired and was deleted between the two calls.
      await aws('creating a schedule again', ids, create);
    },
    async remove(name) {
      const remove = () => client.deleteSchedule({ Name: name, GroupName: targets.groupName });
      await succeedsUnless('ResourceNotFoundException', remove, 'removing a schedule', {
        schedule: name,
      });
    },
  };
}

const startOf = ({ at, target }: Pick<Scheduled, 'at' | 'target'>): Date =>
  target.kind === 'reverse' ? new Date(at.getTime() - REVERSAL_LEAD_MS) : at;

/**
 * Formatted for `at()`, without fractions and zone. Rounded up: a reversal that starts early finds that it is not due,
 * and its schedule is already deleted.
 */
function wholeSecond(at: Date, now: Date): string {
  const time = Math.max(at.getTime(), now.getTime() + SOONEST_MS);
  return new Date(Math.ceil(time / 1000) * 1000).toISOString().slice(0, 19);
}

/** False if the call fails with the expected error. Throws any other error, typed. */
async function succeedsUnless(
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
