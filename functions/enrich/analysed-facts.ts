// Keeps what an analysis read when facts are read again without another one.
import type { Alert, Entity } from '../domain/alert.ts';
import { type Facts, known, unknown } from '../domain/facts.ts';
import { errorFields } from '../platform/log.ts';
import { hasActivity } from './activity.ts';
import { hasConfigHistory } from './config-changes.ts';
import type { EnrichDeps } from './deps.ts';
import { hostsIn } from './flows.ts';
import type { LoggedFacts } from './logged-facts.ts';
import { hasChanges } from './resource-changes.ts';
import type { ScannerFacts } from './scanner.ts';

const LOST = unknown('the results of the look-ups of the request could not be read');

/**
 * The lines that it may cite, which the pages of open requests show, and what AWS's logs and DNS listed. Where they
 * can't be read, each look-up is unknown: an approved action doesn't wait for another one.
 */
export async function analysedFacts(deps: EnrichDeps, incidentId: string, alert: Alert) {
  const facts = await earlierFacts(deps, incidentId, alert.alertId);
  const factsOn = ({ ref }: Entity) => facts?.entities.find((one) => one.ref === ref);
  return {
    cited: facts?.citable && { citable: facts.citable },
    loggedOn: async (entity: Entity): Promise<LoggedFacts> => {
      if (!facts) return lostOn(deps, alert, entity);
      const { activity, changes, flows, configChanges } = factsOn(entity) ?? {};
      return {
        ...(activity && { activity }),
        ...(changes && { changes }),
        ...(flows && { flows }),
        ...(configChanges && { configChanges }),
      };
    },
    scannerOf: async (entity: Entity): Promise<ScannerFacts> => {
      if (!facts) return mayBeScanner(deps, entity) ? { scanner: LOST } : {};
      const { scanner, reverseDns, address } = factsOn(entity) ?? {};
      const declared = scanner ?? (address?.scanner && known(address.scanner));
      return { ...(declared && { scanner: declared }), ...(reverseDns && { reverseDns }) };
    },
  };
}

/** Reads a second time after a failure: what is not read now is overwritten. */
async function earlierFacts(
  { store: { records }, log }: Pick<EnrichDeps, 'store' | 'log'>,
  incidentId: string,
  alertId: string,
): Promise<Facts | undefined> {
  const read = () => records.findFacts(incidentId, alertId);
  return read()
    .catch(read)
    .catch((error: unknown) => {
      log('warn', 'earlier facts not read', { incidentId, alertId, ...errorFields(error) });
      return undefined;
    });
}

const mayBeScanner = ({ policy }: EnrichDeps, { kind }: Entity): boolean =>
  policy.scanners.length > 0 && ['ip', 'instance', 'iam-role'].includes(kind);

const lostOn = ({ awsConfig }: EnrichDeps, alert: Alert, entity: Entity): LoggedFacts => ({
  ...(hasActivity(entity) && { activity: LOST }),
  ...(hasChanges(entity) && { changes: LOST }),
  ...(hostsIn(alert).some(({ ref }) => ref === entity.ref) && { flows: LOST }),
  ...(awsConfig && hasConfigHistory(entity) && { configChanges: LOST }),
});
