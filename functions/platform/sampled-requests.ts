// What an address asked for on the web lately: from the requests that AWS WAF sampled, for people to read.
import type { SampledHTTPRequest, WAFV2 } from '@aws-sdk/client-wafv2';
import type { SeenOnWeb } from '../domain/facts.ts';
import type { WafScope } from '../domain/ip-set.ts';
import { truncate } from '../domain/wording.ts';
import type { WebAcl } from '../policy/schemas/account.ts';
import { isSingleHost, parseAddress } from './ip-address.ts';

export type SampleApi = Pick<WAFV2, 'getSampledRequests'>;

export type SampleClients = {
  /** CLOUDFRONT needs a client of its own region. */
  waf: Readonly<Record<WafScope, SampleApi>>;
  webAcls: readonly WebAcl[];
};

/** AWS keeps samples for three hours, and gives 500 of them at the most. */
const WINDOW_MS = 3 * 3_600_000;
const MAX_ITEMS = 500;
const MAX_EXAMPLE = 200;

type Sample = { requests: SampledHTTPRequest[]; population: number; to: Date };
/** For each web ACL: a sample for each of its metrics. */
export type Samples = { from: Date; to: Date; webAcls: Sample[][] };

/**
 * All of the last three hours, or nothing: half of them would pass for the whole. No rule of the gate rests on it, since
 * at CloudFront the address of a request that came through a proxy is what that proxy said.
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
  // After 5,000 requests AWS samples no further, and says so by an earlier end.
  const to = new Date(Math.min(now.getTime(), ...found.flat().map((one) => one.to.getTime())));
  return { from, to, webAcls: found };
}

/** Null for what is not one address. */
export function seenIn({ from, to, webAcls }: Samples, address: string): SeenOnWeb | null {
  const host = hostOf(address);
  if (host === null) return null;
  // One request may show under several metrics of its web ACL: the fullest of them is the least that there was.
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

/** Headers are left where they are: they hold other people's credentials. */
const exampleOf = ({ Request }: SampledHTTPRequest): string =>
  truncate(`${Request?.Method ?? '?'} ${Request?.URI ?? '?'}`, MAX_EXAMPLE);

const isFrom = (host: string) => (one: SampledHTTPRequest) =>
  hostOf(one.Request?.ClientIP ?? '') === host;

const timeOf = ({ Timestamp }: SampledHTTPRequest): number => Timestamp?.getTime() ?? 0;

/** One spelling for each host. */
function hostOf(text: string): string | null {
  const parsed = parseAddress(text);
  return parsed && isSingleHost(parsed) ? parsed.address.toString() : null;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
