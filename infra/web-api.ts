// HTTP API with the routes of the web function, where links lead.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnStage, HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IMetric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, LogGroup, MetricFilter, RetentionDays } from 'aws-cdk-lib/aws-logs';
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

/** Exists only when policy configures a sign-in. */
const SIGN_IN_ROUTE = { path: '/sign-in/console', methods: [GET] };
const TOKEN_ROUTE = { path: '/sign-in/api', methods: [GET, POST] };
/** Exist only when policy configures a sign-in. */
const API_ROUTES = [{ path: '/api/{proxy+}', methods: [GET] }];
const CONSOLE_ROUTES = [
  { path: '/console', methods: [GET] },
  { path: '/console/{proxy+}', methods: [GET, POST] },
];
/** More specific than the console's, so that API Gateway chooses these first. */
const HALT_ROUTES = [{ path: '/console/halt', methods: [POST] }];
const RESUME_ROUTES = [{ path: '/console/resume', methods: [GET, POST] }];
/** Separate from the limit of the decision pages, so that readers can't use it up. */
const CONSOLE_LIMITS = {
  ThrottlingRateLimit: 5,
  ThrottlingBurstLimit: 10,
  DetailedMetricsEnabled: true,
};

/**
 * API Gateway counts before the token is checked, so the limit must leave room for a reader while someone sends junk. A
 * forged token costs about 20 ms: 100 a second keep 2 of the function's 4 executions busy.
 */
const API_LIMITS = { ...CONSOLE_LIMITS, ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 };

/** Exists only when policy configures Slack buttons. */
const SLACK_ROUTE = { path: '/slack', methods: [POST] };

/** Why a route needs no API Gateway authoriser, except for the routes of links. */
const REASONS: Readonly<Record<string, string>> = {
  [SIGN_IN_ROUTE.path]:
    'It redirects to the identity provider, and back to pages of the console only',
  [TOKEN_ROUTE.path]: 'The function requires the signed session of a person who signed in',
  [SLACK_ROUTE.path]: 'Slack signs each request, and each button carries its own authorisation',
};

/**
 * All requests share this limit, so it must leave room for an approver while someone sends 100 requests a second. A
 * false link costs about 20 ms, most of it in KMS: 200 a second keep 4 of the function's 20 executions busy.
 */
const REQUESTS_PER_SECOND = 200;
const BURST = 400;

/** Omits the path: it contains the signed link, which must not be logged. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  at: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
};

export class WebApi extends Construct {
  /** Base URL without a trailing slash. */
  readonly url: string;
  private readonly api: HttpApi;
  private readonly stage: CfnStage;
  private readonly log: LogGroup;

  constructor(scope: Construct, id: string, { prefix }: Names) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', { apiName: `${prefix}web`, createDefaultStage: false });
    this.url = this.api.apiEndpoint;
    this.log = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.stage = new CfnStage(this, 'Stage', {
      apiId: this.api.apiId,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: {
        destinationArn: this.log.logGroupArn,
        format: JSON.stringify(ACCESS_LOG),
      },
      defaultRouteSettings: {
        throttlingRateLimit: REQUESTS_PER_SECOND,
        throttlingBurstLimit: BURST,
        detailedMetricsEnabled: true,
      },
    });
  }

  /** Counts responses with a 5xx status. */
  serverErrors(options: MetricOptions): IMetric {
    return this.api.metricServerError(options);
  }

  /** Counts the requests that API Gateway refused because there were too many. */
  throttled(scope: Construct, options: MetricOptions): IMetric {
    return new MetricFilter(scope, 'throttled-filter', {
      logGroup: this.log,
      filterPattern: FilterPattern.stringValue('$.status', '=', '429'),
      metricNamespace: 'Countermand',
      metricName: 'RequestsThrottled',
    }).metric(options);
  }

  serve(web: IFunction, { slack, signIn }: { slack: boolean; signIn: boolean }): void {
    const integration = new HttpLambdaIntegration('Web', web, { timeout: Duration.seconds(15) });
    for (const { path, methods } of [
      ...ROUTES,
      ...(signIn ? [SIGN_IN_ROUTE, TOKEN_ROUTE] : []),
      ...(slack ? [SLACK_ROUTE] : []),
    ])
      for (const route of this.api.addRoutes({ path, methods, integration })) {
        acknowledge(
          route,
          'AwsSolutions-APIG4',
          REASONS[path] ??
            'The link carries the authorisation: purpose, action, person and expiry under a MAC',
        );
        // It has route settings, which are valid only once the route exists.
        if (path === SIGN_IN_ROUTE.path || path === TOKEN_ROUTE.path)
          this.stage.node.addDependency(route);
      }
  }

  serveConsole(sites: Readonly<Record<'api' | 'console' | 'halt' | 'resume', IFunction>>): void {
    this.stage.routeSettings = {
      [`GET ${SIGN_IN_ROUTE.path}`]: CONSOLE_LIMITS,
      ...settingsOf([TOKEN_ROUTE], CONSOLE_LIMITS),
      ...this.serveSignedIn('ReadApi', sites.api, API_ROUTES, API_LIMITS),
      ...this.serveSignedIn('Console', sites.console, CONSOLE_ROUTES),
      ...this.serveSignedIn('Halt', sites.halt, HALT_ROUTES),
      ...this.serveSignedIn('Resume', sites.resume, RESUME_ROUTES),
    };
  }

  /** Adds the routes, and returns their settings: plain JSON, so with CloudFormation's names. */
  private serveSignedIn(
    id: string,
    site: IFunction,
    routes: readonly Route[],
    limits: object = CONSOLE_LIMITS,
  ): Record<string, object> {
    const integration = new HttpLambdaIntegration(id, site, { timeout: Duration.seconds(15) });
    for (const { path, methods } of routes)
      for (const route of this.api.addRoutes({ path, methods, integration })) {
        acknowledge(
          route,
          'AwsSolutions-APIG4',
          'The function requires the signed session or token of a person who signed in',
        );
        // Route settings are valid only once the route exists.
        this.stage.node.addDependency(route);
      }
    return settingsOf(routes, limits);
  }
}

type Route = { path: string; methods: HttpMethod[] };

const settingsOf = (routes: readonly Route[], limits: object): Record<string, object> =>
  Object.fromEntries(
    routes.flatMap(({ path, methods }) => methods.map((method) => [`${method} ${path}`, limits])),
  );
