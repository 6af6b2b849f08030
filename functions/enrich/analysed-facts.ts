// Keeps what an analysis read when facts are read again without another one.
import type { Entity } from '../domain/alert.ts';
import type { Facts } from '../domain/facts.ts';
import { errorFields } from '../platform/log.ts';
import type { EnrichDeps } from './deps.ts';
import type { LoggedFacts } from './logged-facts.ts';
import type { ScannerFacts } from './scanner.ts';

/** The lines that it may cite, which the pages of open requests show, and what AWS's logs and DNS listed. */
export async function analysedFacts(
  { store, log }: Pick<EnrichDeps, 'store' | 'log'>,
  incidentId: string,
  alertId: string,
) {
  let facts: Facts | undefined;
  try {
    facts = await store.records.findFacts(incidentId, alertId);
  } catch (error) {
    log('warn', 'earlier facts not read', { incidentId, alertId, ...errorFields(error) });
  }
  const factsOn = ({ ref }: Entity) => facts?.entities.find((one) => one.ref === ref);
  return {
    cited: facts?.citable && { citable: facts.citable },
    loggedOn: async (entity: Entity): Promise<LoggedFacts> => {
      const { activity, changes, flows, configChanges } = factsOn(entity) ?? {};
      return {
        ...(activity && { activity }),
        ...(changes && { changes }),
        ...(flows && { flows }),
        ...(configChanges && { configChanges }),
      };
    },
    scannerOf: async (entity: Entity): Promise<ScannerFacts> => {
      const { scanner, reverseDns } = factsOn(entity) ?? {};
      return { ...(scanner && { scanner }), ...(reverseDns && { reverseDns }) };
    },
  };
}
