// The IP sets of AWS WAF, as the stack passes them to its executors.
import * as z from 'zod/mini';

export const WafScope = z.enum(['REGIONAL', 'CLOUDFRONT']);
export type WafScope = z.infer<typeof WafScope>;

export const IpSet = z.strictObject({
  purpose: z.enum(['block', 'watch']),
  scope: WafScope,
  family: z.enum(['ipv4', 'ipv6']),
  name: z.string().check(z.minLength(1)),
  /** Null for a set of another stack in another region, whose ID this stack can't know. It is looked up by name. */
  id: z.nullable(z.string().check(z.minLength(1))),
});
export type IpSet = z.infer<typeof IpSet>;
export const IpSets = z.array(IpSet).check(z.minLength(1));

/**
 * The region of AWS WAF resources for CloudFront.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
 */
export const CLOUDFRONT_REGION = 'us-east-1';
