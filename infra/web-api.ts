// Where links lead: an HTTP API with exactly the routes of the web function.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnStage, HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IMetric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Names } from './names.ts';

const { GET, POST } = HttpMethod;
const ROUTES = [
  { path: '/style.css', methods: [GET] },
  { path: '/approve/{token}', methods: [GET, POST] },
  { path: '/review/{token}', methods: [GET, POST] },
  { path: '/ask-anew/{token}', methods: [GET, POST] },
  { path: '/judge/{token}', methods: [GET, POST] },
  { path: '/sign-in/{purpose}/{token}', methods: [GET] },
  { path: '/signed-in', methods: [GET] },
];

/** Only where policy has buttons there. */
const SLACK_ROUTE = { path: '/slack', methods: [POST] };

/** A handful of people click links; more than this is not people. */
const REQUESTS_PER_SECOND = 10;
const BURST = 20;

/** Without path: the path holds the signed link, and a log is no place for it. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  at: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
};

export class WebApi extends Construct {
  /** Without a trailing slash. */
  readonly url: string;
  private readonly api: HttpApi;

  constructor(scope: Construct, id: string, { prefix }: Names) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', { apiName: `${prefix}web`, createDefaultStage: false });
    this.url = this.api.apiEndpoint;
    const log = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    new CfnStage(this, 'Stage', {
      apiId: this.api.apiId,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destinationArn: log.logGroupArn, format: JSON.stringify(ACCESS_LOG) },
      defaultRouteSettings: {
        throttlingRateLimit: REQUESTS_PER_SECOND,
        throttlingBurstLimit: BURST,
        detailedMetricsEnabled: true,
      },
    });
  }

  /** Answers with a status of 500 or above. */
  serverErrors(options: MetricOptions): IMetric {
    return this.api.metricServerError(options);
  }

  serve(web: IFunction, { slack }: { slack: boolean }): void {
    const integration = new HttpLambdaIntegration('Web', web, { timeout: Duration.seconds(15) });
    for (const { path, methods } of [...ROUTES, ...(slack ? [SLACK_ROUTE] : [])])
      for (const route of this.api.addRoutes({ path, methods, integration }))
        acknowledge(
          route,
          'AwsSolutions-APIG4',
          path === SLACK_ROUTE.path
            ? 'Slack signs each request, and each button carries its own authorisation'
            : 'The link itself carries the authorisation: purpose, action, person and expiry under a MAC',
        );
  }
}
