// Finds the scanner that policy declares at an address.
import type { DeclaredScanner } from '../domain/facts.ts';
import type { Scanner } from '../policy/schemas/calendar.ts';
import { isWithin } from './intervals.ts';

/**
 * The first scanner whose networks contain the whole address or range, until the end of its last day; otherwise null.
 * Compares numbers only, so that no text of an alert can declare itself.
 */
export function scannerAt(
  address: string,
  scanners: readonly Scanner[],
  now: Date,
): DeclaredScanner | null {
  const today = now.toISOString().slice(0, 10);
  const found = scanners.find(
    ({ networks, until }) =>
      today <= until && networks.some((network) => isWithin(network, address)),
  );
  if (!found) return null;
  const { id, owner, why, until } = found;
  return { id, owner, why, until };
}
