// The stand-in of AWS WAF's sampled requests: recent visits to a web shop.
import type { SampledHTTPRequest } from '@aws-sdk/client-wafv2';
import { awsFailure } from '../../functions/mechanisms/stand-in.ts';
import type { SampleApi } from '../../functions/platform/sampled-requests.ts';

export type Visit = {
  minutesAgo: number;
  clientIp: string;
  method: string;
  path: string;
  metric: string;
};

/** Named by policies/accounts/local.yaml. */
export const LOCAL_WEB_ACL =
  'arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shop/a1b2c3d4-5678-90ab-cdef-EXAMPLE11111';
const METRIC = 'shop-default';
const scanner = { clientIp: '203.0.113.66', method: 'GET', metric: METRIC };

/** Visits of the scanner in the samples, and of two customers. */
export const LOCAL_VISITS: readonly Visit[] = [
  { ...scanner, minutesAgo: 2, path: '/.env' },
  { ...scanner, minutesAgo: 3, path: '/wp-login.php' },
  { ...scanner, minutesAgo: 5, path: '/.git/config' },
  { minutesAgo: 4, clientIp: '198.51.100.20', method: 'GET', path: '/basket', metric: METRIC },
  { minutesAgo: 9, clientIp: '2001:db8:5::20', method: 'POST', path: '/login', metric: METRIC },
];

const WINDOW_MS = 3 * 3_600_000;
const invalid = (message: string) => awsFailure('WAFInvalidParameterException', 400, message);

/** @see https://docs.aws.amazon.com/waf/latest/APIReference/API_GetSampledRequests.html */
export const createWafSamples = (visits: readonly Visit[], now: () => Date): SampleApi =>
  ({
    getSampledRequests: async (request: Parameters<SampleApi['getSampledRequests']>[0]) => {
      const { WebAclArn = '', RuleMetricName, Scope, TimeWindow, MaxItems = 0 } = request;
      if (WebAclArn !== LOCAL_WEB_ACL)
        throw awsFailure('WAFNonexistentItemException', 400, 'AWS WAF couldn’t find the resource');
      if (Scope !== 'REGIONAL') throw invalid('The scope is not valid., field: SCOPE_VALUE');
      if (MaxItems < 1 || MaxItems > 500) throw invalid('MaxItems is not between 1 and 500');
      const { StartTime, EndTime } = TimeWindow ?? {};
      if (!StartTime || !EndTime || StartTime >= EndTime)
        throw invalid('The time window is not valid');
      // AWS accepts an earlier start, and moves it to three hours ago.
      const from = Math.max(StartTime.getTime(), now().getTime() - WINDOW_MS);
      const all = visits
        .map((visit) => ({ ...visit, at: now().getTime() - visit.minutesAgo * 60_000 }))
        .filter(
          ({ at, metric }) => metric === RuleMetricName && at >= from && at <= EndTime.getTime(),
        );
      return {
        SampledRequests: all.slice(0, MaxItems).map(asSample),
        PopulationSize: all.length,
        TimeWindow: { StartTime: new Date(from), EndTime },
        $metadata: {},
      };
    },
  }) as unknown as SampleApi;

const asSample = ({ at, clientIp, method, path }: Visit & { at: number }): SampledHTTPRequest => ({
  Request: {
    ClientIP: clientIp,
    Country: 'ZZ',
    Method: method,
    URI: path,
    HTTPVersion: 'HTTP/1.1',
    Headers: [{ Name: 'Authorization', Value: 'Bearer of a customer' }],
  },
  Weight: 1,
  Timestamp: new Date(at),
  Action: 'ALLOW',
});
