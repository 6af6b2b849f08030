// Four WAF IP sets and the rule group that web ACLs reference.
import { CfnIPSet, CfnRuleGroup } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { CLOUDFRONT_REGION, type IpSet, type WafScope } from '../functions/domain/ip-set.ts';
import { accountName, type Names } from './names.ts';

const FAMILIES = { ipv4: 'IPV4', ipv6: 'IPV6' } as const;
/** Watch rules come first: Count doesn't end evaluation, so blocked requests are counted too. */
const PURPOSES = ['watch', 'block'] as const;
/**
 * A rule with an IP set uses one capacity unit. The capacity of a rule group can't be changed later.
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-ipset-match.html
 */
const CAPACITY = 10;

/** An IP set as executors receive it, with the ARN for their IAM statements. */
export type DeployedIpSet = IpSet & { arn: string };

type Kind = Pick<IpSet, 'purpose' | 'family'>;
const KINDS: readonly Kind[] = PURPOSES.flatMap((purpose) =>
  (Object.keys(FAMILIES) as (keyof typeof FAMILIES)[]).map((family) => ({ purpose, family })),
);

const kindName = ({ purpose, family }: Kind) => `${purpose}-${family}`;

/** The edge stack's IP sets. Their IDs are null: a stack in another region knows them by name only. */
export const edgeIpSets = (names: Names): DeployedIpSet[] =>
  KINDS.map((kind) => {
    const name = accountName(names, kindName(kind));
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html
    const arn = names.stack.formatArn({
      service: 'wafv2',
      region: CLOUDFRONT_REGION,
      resource: 'global/ipset',
      resourceName: `${name}/*`,
    });
    return { ...kind, scope: 'CLOUDFRONT', name, id: null, arn };
  });

export class Firewall extends Construct {
  readonly ipSets: readonly DeployedIpSet[];
  readonly ruleGroupArn: string;

  constructor(scope: Construct, id: string, names: Names, wafScope: WafScope) {
    super(scope, id);
    // Those for CloudFront are all in one region, whichever region the stack is in.
    const named = (name: string) =>
      wafScope === 'CLOUDFRONT' ? accountName(names, name) : `${names.prefix}${name}`;
    this.ipSets = KINDS.map((kind) => this.ipSet(named(kindName(kind)), kind, wafScope));
    const metricsFor = (metricName: string) => ({
      cloudWatchMetricsEnabled: true,
      sampledRequestsEnabled: true,
      metricName,
    });
    this.ruleGroupArn = new CfnRuleGroup(this, 'RuleGroup', {
      name: named('addresses'),
      scope: wafScope,
      capacity: CAPACITY,
      visibilityConfig: metricsFor(named('addresses')),
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
   * Creates an empty IP set. Never change a property of a deployed set: CloudFormation would write the empty list again
   * and remove every blocked address.
   */
  private ipSet(name: string, kind: Kind, scope: WafScope): DeployedIpSet {
    const set = new CfnIPSet(this, `${kind.purpose}-${kind.family}`, {
      name,
      scope,
      ipAddressVersion: FAMILIES[kind.family],
      addresses: [],
    });
    return { ...kind, scope, name, id: set.attrId, arn: set.attrArn };
  }
}
