// Evidence of an OCSF finding: calls, sessions, controls, vulnerabilities.
// @see https://schema.ocsf.io/classes/detection_finding

import { resourceEvidence, serviceEvidence } from '../guardduty/evidence-table.ts';
import { serviceIn } from '../guardduty/flattened.ts';
import { evidenceIn, type Found, type Spec, textsAt, valuesAt } from '../read-evidence.ts';

type Fields = Readonly<Record<string, unknown>>;

export const FINDING: readonly Spec[] = [
  {
    kind: 'api-call',
    at: 'evidences[].api',
    values: {
      api: 'operation',
      service: 'service.name',
      error: 'response.error',
      status: 'response.code',
    },
  },
  {
    kind: 'api-call',
    at: 'evidences[].http_request',
    values: { method: 'http_method' },
    untrusted: { userAgent: 'user_agent', uri: 'url.path' },
  },
  {
    kind: 'connection',
    at: 'evidences[]',
    values: {
      direction: 'connection_info.direction',
      protocol: 'connection_info.protocol_name',
      sourcePort: 'src_endpoint.port',
      destinationPort: 'dst_endpoint.port',
      verdict: 'verdict',
      disposition: 'disposition',
    },
  },
  {
    kind: 'dns-request',
    at: 'evidences[].query',
    values: { queryType: 'type' },
    untrusted: { domain: 'hostname' },
  },
  {
    kind: 'session',
    at: 'evidences[].actor',
    values: { mfa: 'session.is_mfa', userType: 'user.type' },
    from: 'session.created_time_dt',
  },
  ...['evidences[].process', 'evidences[].actor.process'].map(
    (at): Spec => ({
      kind: 'process',
      at,
      values: { pid: 'pid', sha256: 'file.hashes[].value' },
      untrusted: {
        name: 'name',
        path: 'file.path',
        commandLine: 'cmd_line',
        user: 'user.name',
        parentNames: 'parent_process.name',
        parents: 'parent_process.file.path',
      },
      from: 'created_time_dt',
    }),
  ),
  {
    kind: 'control',
    at: '',
    values: {
      control: 'compliance.control',
      status: 'compliance.status',
      standards: 'compliance.standards[]',
      requirements: 'compliance.requirements[]',
      generator: 'metadata.product.feature.uid',
    },
    untrusted: {
      remediation: 'remediation.references[]',
      articles: 'remediation.kb_articles[]',
      articlesOfFinding: 'finding.remediation.kb_articles[]',
    },
  },
  {
    kind: 'vulnerability',
    at: 'vulnerabilities[]',
    values: {
      id: 'cve.uid',
      cvss: 'cve.cvss[].base_score',
      cvssScore: 'cve.cvss.base_score',
      epss: 'cve.epss.score',
      exploitAvailable: 'is_exploit_available',
      fixAvailable: 'is_fix_available',
      packages: 'packages[].name',
      affectedPackages: 'affected_packages[].name',
    },
  },
  {
    kind: 'malware',
    at: 'malware[]',
    values: { malwareType: 'classifications[]' },
    untrusted: { threats: 'name', files: 'path' },
  },
  {
    kind: 'indicator',
    at: 'finding_info.attacks[]',
    values: { tactics: 'tactic.name', techniques: 'technique.uid' },
  },
  {
    kind: 'signal',
    at: 'finding_info.related_events[]',
    values: { signal: 'title', severity: 'severity_id', count: 'count', type: 'type' },
    from: 'first_seen_time_dt',
    until: 'last_seen_time_dt',
  },
  { kind: 'anomaly', at: '', leaves: ['anomaly_analyses'] },
  {
    kind: 'process',
    at: 'process',
    values: { pid: 'pid' },
    untrusted: { name: 'name', path: 'file.path', commandLine: 'cmd_line' },
  },
];

export const RESOURCE: readonly Spec[] = ['data', 'device', 'details'].flatMap((block): Spec[] =>
  ['', '.<json>'].map((json) => ({
    kind: 'resource',
    at: `${block}${json}`,
    values: {
      launched: 'AwsEc2Instance.LaunchedAt',
      instanceType: 'AwsEc2Instance.Type',
      image: 'AwsEc2Instance.ImageId',
      httpTokens: 'AwsEc2Instance.MetadataOptions.HttpTokens',
      securityGroups: 'AwsEc2Instance.SecurityGroups[]',
      openTo: 'AwsEc2SecurityGroup.IpPermissions[].IpRanges[].CidrIp',
      privileged: 'container.is_privileged',
    },
  })),
);

const UNMAPPED = 'ProductFields.';

export function ocsfEvidence(body: Fields, path: string): Found[] {
  const unmapped = Object.entries(valuesAt(body, 'unmapped')[0] ?? {}).flatMap(([name, value]) =>
    name.startsWith(UNMAPPED) ? [[name.slice(UNMAPPED.length), value] as const] : [],
  );
  const data = valuesAt(body, 'evidences[].data').flatMap((one) => [
    one,
    ...valuesAt({ one }, 'one.<json>'),
  ]);
  const resources = [...valuesAt(body, 'resources[]'), ...valuesAt(body, 'resource')];
  const { block } = serviceIn(Object.fromEntries(unmapped), path);
  return [
    ...evidenceIn(body, FINDING, path),
    ...serviceEvidence(block, path).map((one) => ({ ...one, foundAt: `${path}.unmapped` })),
    ...data.flatMap((one) => serviceEvidence(one, `${path}.evidences`)),
    ...resources.flatMap((one, index) => {
      const about = textsAt(one, 'uid');
      const at = `${path}.resources[${index}]`;
      const details = valuesAt(one, 'data').flatMap((value) => [
        value,
        ...valuesAt({ value }, 'value.<json>'),
      ]);
      return [
        ...evidenceIn(one, RESOURCE, at),
        ...details.flatMap((value) => resourceEvidence(value, `${at}.data`)),
      ].map((found) => ({ ...found, about }));
    }),
  ];
}
