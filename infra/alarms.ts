// What wakes the platform engineer. Each alarm's description says what it means and which runbook to open.
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Functions } from './functions.ts';
import type { Intake } from './intake.ts';
import type { ReversalSchedules } from './reversal-schedules.ts';
import type { StateMachines } from './state-machines.ts';
import type { Team } from './team.ts';

type Watched = {
  intake: Intake;
  machines: StateMachines;
  functions: Functions;
  schedules: ReversalSchedules;
  team: Team;
};

const PERIOD = Duration.minutes(1);
const NAMESPACE = 'Countermand';
/** The line that reverse writes when it gives up: functions/reverse/reverse.ts. */
const REVERSAL_FAILED = 'reversal failed';

export function watchOver(scope: Construct, watched: Watched): void {
  const { intake, machines, functions, schedules, team } = watched;
  const alarms = new Construct(scope, 'Alarms');
  const action = new SnsAction(team.topic);
  const alarm = (id: string, metric: IMetric, runbook: string, meaning: string, minutes = 1) =>
    new Alarm(alarms, id, {
      metric,
      alarmDescription: `${meaning} Runbook: ${runbook}`,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: minutes,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(action);
  const sum = { period: PERIOD, statistic: 'Sum' };

  const waiting = { period: PERIOD, statistic: 'Maximum' };
  alarm(
    'IntakeFailed',
    intake.failed.metricApproximateNumberOfMessagesVisible(waiting),
    'Intake dead-letter queue not empty',
    'Findings could not be taken in after 5 deliveries.',
  );
  alarm(
    'IntakeRejected',
    intake.rejected.metricApproximateNumberOfMessagesVisible(waiting),
    'Rejected queue not empty',
    'Something on the bus is not a finding that we can read. Each message carries its reason.',
  );
  alarm(
    'ScheduleFailed',
    schedules.failed.metricApproximateNumberOfMessagesVisible(waiting),
    'Schedule dead-letter queue not empty',
    'A reversal or reminder could not be delivered for an hour.',
  );
  for (const machine of [machines.respond, machines.reverse])
    for (const [what, metric] of Object.entries({
      Failed: machine.metricFailed(sum),
      TimedOut: machine.metricTimedOut(sum),
      Aborted: machine.metricAborted(sum),
    }))
      alarm(
        `${machine.node.id}${what}`,
        metric,
        'Executions failed',
        `An execution of ${machine.node.id} ended as ${what}: what it worked on may have no outcome yet.`,
      );
  for (const { name } of functions.rows.filter(({ handler }) => handler === 'reverse')) {
    const metricName = `ReversalFailed-${name}`;
    new MetricFilter(alarms, `${name}-filter`, {
      logGroup: functions.get(name).logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', REVERSAL_FAILED),
      metricNamespace: NAMESPACE,
      metricName,
    });
    alarm(
      metricName,
      new Metric({ namespace: NAMESPACE, metricName, ...sum }),
      'Reversal failed',
      `${name} could not undo an action: it is still in force. The page to the on-call has the exact commands.`,
    );
  }
  alarm(
    'SweepErrors',
    functions.get('sweep').metricErrors(sum),
    'Sweeper failing',
    'The sweeper, which finds what was lost, failed three times in a row.',
    3,
  );
}
