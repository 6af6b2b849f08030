// Keeps AWS credentials away from the Node binary that npm brings.
import { sep } from 'node:path';
import { Refused } from './refused.ts';

/**
 * Throws Refused when this process runs on a Node binary from node_modules. A third party repackaged that binary, and
 * nothing proves that it equals the one from nodejs.org.
 */
export function requireRealNode(command: string, node = process.execPath): void {
  if (node.split(sep).includes('node_modules'))
    throw new Refused(
      `${command} uses AWS credentials, so it does not run on the Node binary that npm installed (${node}), which a third party repackaged. Install Node 24 from https://nodejs.org or your package manager, put it first on PATH, and run the command again`,
    );
}
