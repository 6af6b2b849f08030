// The data of npm start in a folder.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Refused } from './refused.ts';

/** Throws Refused if the folder has no data of npm start. */
export function requireData(folder: string): void {
  if (existsSync(join(folder, 'table.sqlite')) || existsSync(join(folder, 'database'))) return;
  throw new Refused(
    existsSync(folder)
      ? `${folder} has no data of npm start`
      : `there is no folder ${folder}; npm start creates it, and COUNTERMAND_DATA can name another one`,
  );
}
