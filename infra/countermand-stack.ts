// The stack of one account, in the order in which a finding travels.
import { Annotations, CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { slackButtonsOf } from '../functions/policy/people.ts';
import type { Policy } from '../functions/policy/policy.ts';
import { addAlarms } from './alarms.ts';
import { Archive } from './archive.ts';
import { Boundary } from './boundary.ts';
import { DenyAll } from './deny-all.ts';
import { DigestSchedule } from './digest-schedule.ts';
import { FailedCalls } from './failed-calls.ts';
import { edgeIpSets, Firewall } from './firewall.ts';
import { FlowLogs } from './flow-logs.ts';
import { Functions } from './functions.ts';
import { Intake } from './intake.ts';
import { MacKeys } from './mac-keys.ts';
import { Mail } from './mail.ts';
import { namesIn } from './names.ts';
import { PolicyLayer } from './policy-layer.ts';
import { Records } from './records.ts';
import { ReversalSchedules } from './reversal-schedules.ts';
import type { Settings } from './settings.ts';
import { StateMachines } from './state-machines.ts';
import { SummaryUpdates } from './summary-updates.ts';
import { SweepSchedule } from './sweep-schedule.ts';
import { Team } from './team.ts';
import { WebApi } from './web-api.ts';
import { WorldSchedule } from './world-schedule.ts';

const NO_HOME_REGION =
  'Name a homeRegion in the account file. Without it, every action on IAM users and access keys is handed off to a person.';

export class CountermandStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    /** `region`: the one of the credentials that deploy the stack, if it is known at synth. */
    {
      settings,
      policy,
      region,
    }: { settings: Settings; policy: Policy; region?: string | undefined },
  ) {
    super(scope, id, {
      // The region comes from the credentials that deploy the stack.
      env: { account: policy.account },
      description: 'Countermand: bounded, reversible and accountable responses to security alerts',
    });
    if (policy.homeRegion === null)
      Annotations.of(this).addWarningV2('countermand:home-region', NO_HOME_REGION);
    const names = namesIn(this, settings, region);

    new Boundary(this, 'Boundary', names, 'boundary');
    const intake = new Intake(this, 'Intake', names, policy.partnerSources);
    const records = new Records(this, 'Records');
    const archive = new Archive(this, 'Archive');
    const policyLayer = new PolicyLayer(this, 'Policy', policy);
    const firewall = new Firewall(this, 'Firewall', names, 'REGIONAL');
    const flowLogs = new FlowLogs(this, 'FlowLogs', names);
    const denyAll = new DenyAll(this, 'DenyAll', names);
    const team = new Team(this, 'Team', names);
    const mail = new Mail(this, 'Mail', names);
    const keys = new MacKeys(this, 'LinkKey', names, {
      generation: settings.linkKeyGeneration ?? 1,
      proofGeneration: settings.proofKeyGeneration ?? 1,
    });
    const web = new WebApi(this, 'WebApi', names);
    const schedules = new ReversalSchedules(this, 'ReversalSchedules', names);
    const failedCalls = new FailedCalls(this, 'FailedCalls', names);

    const functions = new Functions(this, 'Functions', {
      settings,
      names,
      integrations: policy.integrations,
      webAcls: policy.webAcls,
      flowLogGroups: policy.flowLogGroups,
      configHistory: policy.configHistory,
      analysis: policy.analysis,
      channels: policy.channels,
      signIn: policy.signIn,
      onCall: policy.escalation.onCall,
      policyLayer,
      tableName: records.table.tableName,
      tableArn: records.table.tableArn,
      archive,
      rejectedQueueUrl: intake.rejected.queueUrl,
      rejectedQueueArn: intake.rejected.queueArn,
      ipSets: [...firewall.ipSets, ...(settings.cloudFront ? edgeIpSets(names) : [])],
      flowLogs,
      denyAllPolicyArn: denyAll.policy.managedPolicyArn,
      mailTo: Object.values(policy.escalation.people).map(({ email }) => email),
      protectedTargets: policy.protected,
      teamTopicArn: team.topic.topicArn,
      mailConfigurationSet: mail.configurationSet,
      linkKeyArn: keys.link.keyArn,
      previousLinkKeyArn: keys.previousLink?.keyArn ?? null,
      proofKeys: {
        votes: keys.votes,
        rulings: keys.rulings,
        evidence: keys.evidence,
        alerts: keys.alerts,
        resumptions: keys.resumptions,
      },
      pageKeyArn: keys.pages.keyArn,
      digestKeyArn: keys.digests.keyArn,
      webBaseUrl: web.url,
      schedules,
      failedCalls,
    });
    const machines = new StateMachines(this, 'StateMachines', names);

    intake.deliverTo(functions.get('intake'));
    web.serve(functions.get('web'), {
      slack: slackButtonsOf(policy) !== null,
      signIn: policy.signIn !== null,
    });
    if (policy.signIn !== null)
      web.serveConsole({
        api: functions.get('api'),
        console: functions.get('console'),
        halt: functions.get('halt'),
        resume: functions.get('resume'),
      });
    // After a key rotation, `web` must know the new key before any function signs links with it.
    for (const signer of ['approve', 'close', 'notify', 'remind'])
      functions.get(signer).node.addDependency(functions.get('web'));
    archive.copy(records.table, functions.get('archive'));
    new DigestSchedule(this, 'DigestSchedule', functions.get('digest'));
    mail.reportTo(functions.get('bounce'));
    new SummaryUpdates(this, 'SummaryUpdates', records.table, functions.get('summarise'));
    new SweepSchedule(this, 'SweepSchedule', functions.get('sweep'));
    new WorldSchedule(this, 'WorldSchedule', functions.get('world'), {
      atCloudFront: settings.cloudFront ?? false,
    });
    addAlarms(this, { intake, machines, functions, schedules, failedCalls, web, team });

    // Tags must stay constant: a changed tag makes CloudFormation rewrite each IP set with an empty address list.
    Tags.of(this).add('application', 'countermand');
    for (const [name, value] of Object.entries({
      TableName: records.table.tableName,
      DigestKeyArn: keys.digests.keyArn,
      ArchiveBucket: archive.bucket.bucketName,
      RuleGroupArn: firewall.ruleGroupArn,
      TeamTopicArn: team.topic.topicArn,
      WebUrl: web.url,
      PolicyVersion: policy.version,
    }))
      new CfnOutput(this, name, { value });
  }
}
