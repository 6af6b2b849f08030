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
import { ALARMING } from '../functions/domain/alarm-messages.ts';
import type { Functions } from './functions.ts';
import type { Intake } from './intake.ts';
import type { ReversalSchedules } from './reversal-schedules.ts';
import type { StateMachines } from './state-machines.ts';
import type { Team } from './team.ts';
import type { WebApi } from './web-api.ts';

type Watched = {
  intake: Intake;
  machines: StateMachines;
  functions: Functions;
  schedules: ReversalSchedules;
  web: WebApi;
  team: Team;
};

const PERIOD = Duration.minutes(1);
const NAMESPACE = 'Countermand';
/** Of the day for which the stream keeps a change. */
const ARCHIVE_BEHIND = Duration.minutes(30);

export function watchOver(scope: Construct, watched: Watched): void {
  const { intake, machines, functions, schedules, web, team } = watched;
  const alarms = new Construct(scope, 'Alarms');
  const action = new SnsAction(team.topic);
  const alarm = (
    id: string,
    metric: IMetric,
    runbook: string,
    meaning: string,
    { minutes = 1, threshold = 1 } = {},
  ) =>
    new Alarm(alarms, id, {
      metric,
      alarmDescription: `${meaning} Runbook: ${runbook}`,
      threshold,
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
  alarm(
    'PagesFailed',
    web.serverErrors(sum),
    'People cannot be asked',
    'A page for a decision ended in an error of ours.',
  );
  for (const name of ['approve', 'notify', 'close', 'remind'])
    alarm(
      `${name}Errors`,
      functions.get(name).metricErrors(sum),
      'People cannot be asked',
      `${name}, which tells people what to decide and what was done, failed three times in a row.`,
      { minutes: 3 },
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
  /** How often a function wrote this line. */
  const linesOf = (name: string, line: string, metricName: string): IMetric => {
    new MetricFilter(alarms, `${name}-filter`, {
      logGroup: functions.get(name).logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', line),
      metricNamespace: NAMESPACE,
      metricName,
    });
    return new Metric({ namespace: NAMESPACE, metricName, ...sum });
  };
  for (const { name } of functions.rows.filter((row) => row.mechanism?.step === 'reverse')) {
    const metricName = `ReversalFailed-${name}`;
    alarm(
      metricName,
      linesOf(name, ALARMING.reversalFailed, metricName),
      'Reversal failed',
      `${name} could not undo an action: it is still in force. The page to the on-call has the exact commands.`,
    );
  }
  alarm(
    'RecordAltered',
    linesOf('archive', ALARMING.recordAltered, 'RecordAltered'),
    'Record altered',
    'A record was removed, or changed as Countermand never does: somebody else writes its table.',
  );
  alarm(
    'ArchiveBehind',
    functions.get('archive').metric('IteratorAge', waiting),
    'Archive behind',
    'Changes of records have not been copied for half an hour; after a day they are lost to the copy.',
    { threshold: ARCHIVE_BEHIND.toMilliseconds() },
  );
  alarm(
    'SweepErrors',
    functions.get('sweep').metricErrors(sum),
    'Sweeper failing',
    'The sweeper, which finds what was lost, failed three times in a row.',
    { minutes: 3 },
  );
}
