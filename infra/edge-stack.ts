// Optional stack with the WAF IP sets for CloudFront, which live in us-east-1.
import { CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CLOUDFRONT_REGION } from '../functions/domain/ip-set.ts';
import type { Policy } from '../functions/policy/policy.ts';
import { Boundary } from './boundary.ts';
import { Firewall } from './firewall.ts';
import { namesIn } from './names.ts';
import type { Settings } from './settings.ts';
import { EdgeEvents } from './world-schedule.ts';

export class EdgeStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    /** `region`: that of the stack whose functions change the IP sets. */
    {
      settings,
      policy,
      region,
    }: { settings: Settings; policy: Policy; region?: string | undefined },
  ) {
    super(scope, id, {
      env: { account: policy.account, region: CLOUDFRONT_REGION },
      description: 'Countermand at CloudFront: the addresses that are watched and blocked there',
    });
    const names = namesIn(this, settings, region);
    new Boundary(this, 'Boundary', names, 'boundary-edge');
    const { ruleGroupArn } = new Firewall(this, 'Firewall', names, 'CLOUDFRONT');
    if (region !== undefined && region !== CLOUDFRONT_REGION)
      new EdgeEvents(this, 'Events', region);
    Tags.of(this).add('application', 'countermand');
    new CfnOutput(this, 'RuleGroupArn', { value: ruleGroupArn });
  }
}
