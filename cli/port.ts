// The port that npm start listens on.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Refused } from './refused.ts';

/** PORT, or 8420 without one. Throws Refused for anything but a port number. */
export function portFrom({ PORT }: Readonly<Record<string, string | undefined>>): number {
  const port = Number(PORT ?? 8420);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Refused(`PORT must be a number from 1 to 65535, and is "${PORT}"`);
  return port;
}

const FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EACCES: 'is not open to this user',
};

/** The error of a failed listen on this port: Refused if the operator can fix it. */
export function listenError(port: number, error: NodeJS.ErrnoException): Error {
  const fault = FAULTS[error.code ?? ''];
  return fault
    ? new Refused(`port ${port} ${fault}; choose another with PORT=8421 npm start`)
    : error;
}

/** Throws Refused when the port is taken, before anything slow begins. */
export async function requireFreePort(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: unknown) => {
    throw error instanceof Error ? listenError(port, error) : error;
  });
  server.close();
  await once(server, 'close');
}
