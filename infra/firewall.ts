// Four IP sets and the rule group that acts on them; a web ACL of the account refers to the rule group.
import { CfnIPSet, CfnRuleGroup } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { Names } from './names.ts';

const FAMILIES = { ipv4: 'IPV4', ipv6: 'IPV6' } as const;
/** Watching comes first: a Count rule lets the request go on to the next, so that what is blocked is counted too. */
const PURPOSES = ['watch', 'block'] as const;
/** One unit per IP set, https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-ipset-match.html; it cannot be raised later. */
const CAPACITY = 10;

export type DeployedIpSet = {
  purpose: 'block' | 'watch';
  scope: 'REGIONAL';
  family: 'ipv4' | 'ipv6';
  id: string;
  name: string;
  arn: string;
};

export class Firewall extends Construct {
  readonly ipSets: readonly DeployedIpSet[];
  readonly ruleGroupArn: string;

  constructor(scope: Construct, id: string, { prefix }: Names) {
    super(scope, id);
    const families = Object.keys(FAMILIES) as (keyof typeof FAMILIES)[];
    this.ipSets = PURPOSES.flatMap((purpose) =>
      families.map((family) => this.ipSet(prefix, purpose, family)),
    );
    const metricsFor = (metricName: string) => ({
      cloudWatchMetricsEnabled: true,
      sampledRequestsEnabled: true,
      metricName,
    });
    this.ruleGroupArn = new CfnRuleGroup(this, 'RuleGroup', {
      name: `${prefix}addresses`,
      scope: 'REGIONAL',
      capacity: CAPACITY,
      visibilityConfig: metricsFor(`${prefix}addresses`),
      rules: this.ipSets.map(({ purpose, name, arn }, priority) => ({
        name,
        priority,
        action: purpose === 'block' ? { block: {} } : { count: {} },
        ...(purpose === 'watch' && { ruleLabels: [{ name: 'countermand:watched' }] }),
        statement: { ipSetReferenceStatement: { arn } },
        visibilityConfig: metricsFor(name),
      })),
    }).attrArn;
  }

  /**
   * Begins empty. CloudFormation writes the list again only when a property here changes, and would then lift what is
   * in force: change nothing about a set that is deployed.
   */
  private ipSet(
    prefix: string,
    purpose: DeployedIpSet['purpose'],
    family: DeployedIpSet['family'],
  ): DeployedIpSet {
    const name = `${prefix}${purpose}-${family}`;
    const set = new CfnIPSet(this, `${purpose}-${family}`, {
      name,
      scope: 'REGIONAL',
      ipAddressVersion: FAMILIES[family],
      addresses: [],
    });
    return { purpose, scope: 'REGIONAL', family, id: set.attrId, name, arn: set.attrArn };
  }
}
