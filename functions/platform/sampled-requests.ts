// Recent web requests from an address, as sampled by AWS WAF.
import type { SampledHTTPRequest, WAFV2 } from '@aws-sdk/client-wafv2';
import type { SeenOnWeb } from '../domain/facts.ts';
import type { WafScope } from '../domain/ip-set.ts';
import { truncate } from '../domain/wording.ts';
import type { WebAcl } from '../policy/schemas/account.ts';
import { isSingleHost, parseAddress } from './ip-address.ts';

export type SampleApi = Pick<WAFV2, 'getSampledRequests'>;

export type SampleClients = {
  /** CLOUDFRONT needs a client for its own region. */
  waf: Readonly<Record<WafScope, SampleApi>>;
  webAcls: readonly WebAcl[];
};

/** AWS WAF keeps samples for three hours and returns at most 500 of them. */
const WINDOW_MS = 3 * 3_600_000;
const MAX_ITEMS = 500;
const MAX_EXAMPLE = 200;

type Sample = { requests: SampledHTTPRequest[]; population: number; to: Date };
/** For each web ACL, one sample per metric. */
export type Samples = { from: Date; to: Date; webAcls: Sample[][] };

/**
 * The samples of the last three hours. Rejects if any metric fails: a partial result would look complete. No rule of
 * the gate uses them, because behind CloudFront a client may choose the address that its proxy reports.
 *
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_GetSampledRequests.html
 */
export async function sampledRequests(
  { waf, webAcls }: SampleClients,
  now: Date,
  abortSignal: AbortSignal,
): Promise<Samples> {
  const from = new Date(now.getTime() - WINDOW_MS);
  const sampleOf = async ({ arn }: WebAcl, metric: string): Promise<Sample> => {
    const scope = arn.includes(':global/') ? 'CLOUDFRONT' : 'REGIONAL';
    const answer = await waf[scope].getSampledRequests(
      {
        WebAclArn: arn,
        RuleMetricName: metric,
        Scope: scope,
        TimeWindow: { StartTime: from, EndTime: now },
        MaxItems: MAX_ITEMS,
      },
      { abortSignal },
    );
    const requests = answer.SampledRequests ?? [];
    const population = Math.max(answer.PopulationSize ?? 0, requests.length);
    return { requests, population, to: answer.TimeWindow?.EndTime ?? now };
  };
  const found = await Promise.all(
    webAcls.map((one) => Promise.all(one.metrics.map((metric) => sampleOf(one, metric)))),
  );
  // AWS WAF stops sampling after 5,000 requests and then reports an earlier end.
  const to = new Date(Math.min(now.getTime(), ...found.flat().map((one) => one.to.getTime())));
  return { from, to, webAcls: found };
}

/** Null if `address` is not a single host. */
export function requestsFrom({ from, to, webAcls }: Samples, address: string): SeenOnWeb | null {
  const host = hostOf(address);
  if (host === null) return null;
  // A request can appear under several metrics of its web ACL. The metric with the most requests is a lower bound.
  const ofHost = webAcls
    .map((samples) => samples.map(({ requests }) => requests.filter(isFrom(host))))
    .flatMap((samples) => samples.toSorted((a, b) => b.length - a.length)[0] ?? [])
    .toSorted((a, b) => timeOf(b) - timeOf(a));
  const [newest] = ofHost;
  const all = webAcls.flat();
  return {
    requests: ofHost.length,
    lastAt: newest?.Timestamp?.toISOString() ?? null,
    example: newest ? exampleOf(newest) : null,
    sampled: sum(all.map(({ requests }) => requests.length)),
    population: sum(all.map(({ population }) => population)),
    from: from.toISOString(),
    to: to.toISOString(),
  };
}

/** Without headers, which may contain credentials of users. */
const exampleOf = ({ Request }: SampledHTTPRequest): string =>
  truncate(`${Request?.Method ?? '?'} ${Request?.URI ?? '?'}`, MAX_EXAMPLE);

const isFrom = (host: string) => (one: SampledHTTPRequest) =>
  hostOf(one.Request?.ClientIP ?? '') === host;

const timeOf = ({ Timestamp }: SampledHTTPRequest): number => Timestamp?.getTime() ?? 0;

/** The canonical form of a host. */
function hostOf(text: string): string | null {
  const parsed = parseAddress(text);
  return parsed && isSingleHost(parsed) ? parsed.address.toString() : null;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
