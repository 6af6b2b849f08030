// Faults of declared scanners: domains in which strangers get names, and roles.
import { getPublicSuffix } from 'tldts';
import { isNameIn } from '../domain/reverse-dns.ts';
import type { Fault, Path } from './fault.ts';
import type { Policy } from './policy.ts';
import type { Read } from './yaml-file.ts';

type Declared = Pick<Policy, 'account' | 'scanners'>;

/** A name in a shared domain would declare any of its customers, and a role of another account is never seen. */
export function scannerFaults(
  { account, scanners }: Declared,
  { fault }: Read<unknown>,
  at: Path,
): Fault[] {
  return scanners.flatMap(({ domains = [], roles = [] }, index) => [
    ...domains.flatMap((domain, i) =>
      isShared(domain)
        ? fault(
            [...at, 'scanners', index, 'domains', i],
            `expected a domain in which only the owner of the scanner names hosts: strangers get names in ${domain}`,
          )
        : [],
    ),
    ...roles.flatMap((arn, i) =>
      arn.split(':')[4] === account
        ? []
        : fault(
            [...at, 'scanners', index, 'roles', i],
            `expected a role of account ${account}, found "${arn}"`,
          ),
    ),
  ]);
}

/** Domains in which hosters name the addresses of their customers, and that are not in the Public Suffix List. */
const HOSTERS = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'azure.com',
  'cloudapp.net',
  'contaboserver.net',
  'googleusercontent.com',
  'hostwindsdns.com',
  'linodeusercontent.com',
  'members.linode.com',
  'ovh.net',
  'poneytelecom.eu',
  'vultrusercontent.com',
  'your-server.de',
];

/** Whether anyone may get a name right below the domain. */
function isShared(domain: string): boolean {
  return (
    getPublicSuffix(domain, { allowPrivateDomains: true }) === domain ||
    HOSTERS.some((hoster) => isNameIn(domain, hoster) || isNameIn(hoster, domain))
  );
}
