// CloudWatch alarms for the platform engineer, each naming its runbook.
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
import { ALARMING, COUNTED } from '../functions/domain/alarm-messages.ts';
import type { FailedCalls } from './failed-calls.ts';
import type { Functions } from './functions.ts';
import type { Intake } from './intake.ts';
import type { ReversalSchedules } from './reversal-schedules.ts';
import type { StateMachines } from './state-machines.ts';
import type { Team } from './team.ts';
import type { WebApi } from './web-api.ts';
import { WORLD_EVERY } from './world-schedule.ts';

type Watched = {
  intake: Intake;
  machines: StateMachines;
  functions: Functions;
  schedules: ReversalSchedules;
  failedCalls: FailedCalls;
  web: WebApi;
  team: Team;
};

const PERIOD = Duration.minutes(1);
const NAMESPACE = 'Countermand';
/** One failed analysis may be transient. Three in this time are an outage or a wrong setting. */
const ANALYSES_FAIL_WITHIN = Duration.minutes(15);
const FAILED_ANALYSES = 3;
/** DynamoDB Streams drops a record after 24 hours, so this leaves most of a day to fix the copy. */
const ARCHIVE_BEHIND = Duration.minutes(30);

export function addAlarms(scope: Construct, watched: Watched): void {
  const { intake, machines, functions, schedules, failedCalls, web, team } = watched;
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
    'Some findings were not processed after 5 deliveries.',
  );
  alarm(
    'IntakeRejected',
    intake.rejected.metricApproximateNumberOfMessagesVisible(waiting),
    'Rejected queue not empty',
    'Intake rejected events that are not valid findings. Each message carries its reason.',
  );
  alarm(
    'ScheduleFailed',
    schedules.failed.metricApproximateNumberOfMessagesVisible(waiting),
    'Schedule dead-letter queue not empty',
    'EventBridge Scheduler gave up on a reversal or reminder after retrying for an hour.',
  );
  alarm(
    'CallFailed',
    failedCalls.queue.metricApproximateNumberOfMessagesVisible(waiting),
    'Asynchronous call failed',
    'A function that sends messages or updates tickets failed three times for one call.',
  );
  alarm(
    'PagesThrottled',
    web.throttled(alarms, sum),
    'Requests throttled',
    'API Gateway refused requests to the pages: someone sends many, and people may be refused too.',
  );
  alarm(
    'PagesFailed',
    web.serverErrors(sum),
    'People cannot be asked',
    'An approval or review page returned a server error.',
  );
  for (const name of ['approve', 'notify', 'close', 'remind'])
    alarm(
      `${name}Errors`,
      functions.get(name).metricErrors(sum),
      'People cannot be asked',
      `${name}, which sends requests and updates to people, failed three times in a row.`,
      { minutes: 3 },
    );
  alarm(
    'bounceErrors',
    functions.get('bounce').metricErrors(sum),
    'People cannot be asked',
    'bounce failed. If an email is not delivered, the next person is asked only at the usual time.',
  );
  for (const machine of [machines.respond, machines.reverse])
    for (const [status, metric] of Object.entries({
      Failed: machine.metricFailed(sum),
      TimedOut: machine.metricTimedOut(sum),
      Aborted: machine.metricAborted(sum),
    }))
      alarm(
        `${machine.node.id}${status}`,
        metric,
        'Executions failed',
        `An execution of ${machine.node.id} ended as ${status}. Its incident or action may have no outcome yet.`,
      );
  /** A function's filter for failed reversals came first and keeps its ID. */
  const idOf = (line: string) =>
    line === ALARMING.reversalFailed ? 'filter' : `${line.replaceAll(' ', '-')}-filter`;
  /** Counts the log lines of a function whose message equals `line`. */
  const linesOf = (name: string, line: string, metricName: string): Metric => {
    new MetricFilter(alarms, `${name}-${idOf(line)}`, {
      logGroup: functions.get(name).logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', line),
      metricNamespace: NAMESPACE,
      metricName,
    });
    return new Metric({ namespace: NAMESPACE, metricName, ...sum });
  };
  linesOf('intake', COUNTED.notOpened, 'FindingsNotOpened');
  for (const { name } of functions.rows.filter((row) => row.mechanism?.step === 'reverse')) {
    const metricName = `ReversalFailed-${name}`;
    alarm(
      metricName,
      linesOf(name, ALARMING.reversalFailed, metricName),
      'Reversal failed',
      `${name} could not undo an action: it is still in force. The on-call's page has the exact commands.`,
    );
  }
  /** The same line in several functions, as one metric. */
  const linesOfEach = (names: readonly string[], line: string, metricName: string) =>
    names.map((name) => linesOf(name, line, metricName)).at(-1) ?? null;
  const namesOf = (step: string) =>
    functions.rows.filter(({ mechanism }) => mechanism?.step === step).map(({ name }) => name);
  const altered = linesOfEach(
    [...namesOf('reverse'), 'web', 'archive'],
    ALARMING.recordAltered,
    'RecordAltered',
  );
  if (altered)
    alarm(
      'RecordAltered',
      altered,
      'Record altered',
      'A record was deleted, or changed in a way that Countermand never does, or lacks its proof: something else writes to its table.',
    );
  const unauthorised = linesOfEach(namesOf('execute'), ALARMING.notAuthorised, 'NotAuthorised');
  if (unauthorised)
    alarm(
      'NotAuthorised',
      unauthorised,
      'Action not authorised',
      'An action was to be applied without proof that policy or people allowed it. Nothing was applied.',
    );
  alarm(
    'AnalysisFailed',
    linesOf('analyse', ALARMING.analysisFailed, 'AnalysisFailed').with({
      period: ANALYSES_FAIL_WITHIN,
    }),
    'Analysis failed',
    'The model gave no usable answer to three alerts in 15 minutes. The playbook decided instead.',
    { threshold: FAILED_ANALYSES },
  );
  alarm(
    'analyseErrors',
    functions.get('analyse').metricErrors({ ...sum, period: ANALYSES_FAIL_WITHIN }),
    'Analysis failed',
    'analyse crashed three times in 15 minutes. The playbook decided instead.',
    { threshold: FAILED_ANALYSES },
  );
  alarm(
    'WorldDiffers',
    linesOf('world', ALARMING.worldDiffers, 'WorldDiffers'),
    'World differs',
    'A list in AWS has an entry that no action explains, or one that affects more than one host.',
  );
  alarm(
    'WorldErrors',
    functions.get('world').metricErrors({ ...sum, period: WORLD_EVERY }),
    'World check failing',
    'The check that compares AWS with the record failed three times in a row.',
    { minutes: 3 },
  );
  alarm(
    'ArchiveBehind',
    functions.get('archive').metric('IteratorAge', waiting),
    'Archive behind',
    'Record changes have not been archived for 30 minutes. After 24 hours they can no longer be archived.',
    { threshold: ARCHIVE_BEHIND.toMilliseconds() },
  );
  alarm(
    'DigestErrors',
    functions.get('digest').metricErrors({ ...sum, period: Duration.hours(1) }),
    'Digest failing',
    'The hourly digest of the archive was not signed. The next one covers the same copies.',
  );
  alarm(
    'SweepErrors',
    functions.get('sweep').metricErrors(sum),
    'Sweeper failing',
    'The sweeper, which recovers lost reversals and stuck actions, failed three times in a row.',
    { minutes: 3 },
  );
}
