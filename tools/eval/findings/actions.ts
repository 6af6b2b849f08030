// Fills in the action block of a GuardDuty finding.
import type { Actions, From } from './spec.ts';

const ELSEWHERE: From = {
  ip: '203.0.113.66',
  org: 'Example Hosting BV',
  asn: '64496',
  country: 'Netherlands',
};

const remote = ({ ip, org, asn, country }: From) => ({
  remoteIpDetails: {
    ipAddressV4: ip,
    organization: { asn, asnOrg: org, isp: org, org },
    country: { countryName: country },
  },
});

/** @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Action.html */
export function actionOf(given: Actions, from: From = ELSEWHERE): object | undefined {
  const { call, connection, probe, dns, kubernetes, login } = given;
  if (call)
    return {
      actionType: 'AWS_API_CALL',
      awsApiCallAction: {
        api: call.api,
        serviceName: call.service,
        userAgent: call.agent,
        errorCode: call.error,
        callerType: call.callerType ?? (call.account ? 'Remote account' : 'Remote IP'),
        ...remote(from),
        remoteAccountDetails: call.account && {
          accountId: call.account.id,
          affiliated: call.account.affiliated,
        },
        affectedResources: call.affected ?? {},
      },
    };
  if (connection)
    return {
      actionType: 'NETWORK_CONNECTION',
      networkConnectionAction: {
        blocked: connection.blocked ?? false,
        connectionDirection: connection.direction,
        protocol: connection.protocol,
        localPortDetails: { port: connection.port },
        localIpDetails: { ipAddressV4: '10.0.1.23' },
        remotePortDetails: { port: connection.remotePort },
        ...remote(from),
      },
    };
  if (probe)
    return {
      actionType: 'PORT_PROBE',
      portProbeAction: {
        blocked: probe.blocked ?? false,
        portProbeDetails: probe.ports.map((port) => ({
          localPortDetails: { port },
          localIpDetails: { ipAddressV4: '10.0.1.23' },
          ...remote(from),
        })),
      },
    };
  if (dns)
    return {
      actionType: 'DNS_REQUEST',
      dnsRequestAction: { domain: dns.domain, protocol: 'UDP', blocked: dns.blocked ?? false },
    };
  if (kubernetes)
    return {
      actionType: 'KUBERNETES_API_CALL',
      kubernetesApiCallAction: {
        verb: kubernetes.verb,
        requestUri: kubernetes.uri,
        userAgent: kubernetes.agent,
        statusCode: kubernetes.status,
        parameters: kubernetes.parameters,
        sourceIPs: [from.ip],
        ...remote(from),
      },
    };
  return (
    login && {
      actionType: 'RDS_LOGIN_ATTEMPT',
      rdsLoginAttemptAction: {
        ...remote(from),
        loginAttributes: [
          {
            user: login.user,
            application: login.application,
            failedLoginAttempts: login.failed,
            successfulLoginAttempts: login.successful,
          },
        ],
      },
    }
  );
}
