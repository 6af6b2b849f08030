// The port that npm start listens on.
import { Refused } from './refused.ts';

/** PORT, or 8420 without one. Throws Refused for anything but a port number. */
export function portFrom({ PORT }: Readonly<Record<string, string | undefined>>): number {
  const port = Number(PORT ?? 8420);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Refused(`PORT must be a number from 1 to 65535, and is "${PORT}"`);
  return port;
}
