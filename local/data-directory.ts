// The data directory of a laptop, and the errors when it can't be used.
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Thrown when a directory can't be created or written. Has its path, and the system's error as `cause`. */
export class DataDirectoryUnwritable extends Error {
  override readonly name = 'DataDirectoryUnwritable';
  readonly path: string;
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Cannot keep data in ${path}: ${reason}; choose another folder with COUNTERMAND_DATA`, {
      cause,
    });
    this.path = path;
  }
}

/** Thrown when another process has the database of this directory open. Two would destroy each other's data. */
export class DataDirectoryInUse extends Error {
  override readonly name = 'DataDirectoryInUse';
  readonly path: string;
  constructor(path: string, cause: unknown) {
    super(
      `Another process is using ${path}; stop it, or choose another folder with COUNTERMAND_DATA`,
      { cause },
    );
    this.path = path;
  }
}

/** Thrown for data of a version before SQLite, which this version can't read. */
export class DataDirectoryOutdated extends Error {
  override readonly name = 'DataDirectoryOutdated';
  readonly path: string;
  constructor(path: string) {
    super(
      `${path} has data of an earlier version, which this version cannot read; delete the folder, or choose another one with COUNTERMAND_DATA`,
    );
    this.path = path;
  }
}

/** Thrown for a file that SQLite can't read, or whose check fails. */
export class DataDirectoryDamaged extends Error {
  override readonly name = 'DataDirectoryDamaged';
  readonly path: string;
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `${path} is damaged (${reason}); move its folder away to start with an empty one, or choose another folder with COUNTERMAND_DATA`,
      { cause },
    );
    this.path = path;
  }
}

/** Creates the directory, but not its parents: a recursive mkdir never returns on a path such as /proc/x. */
export function claimDirectory(path: string): void {
  try {
    if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new DataDirectoryUnwritable(path, cause);
  }
}

/** @see https://www.sqlite.org/rescode.html */
const SQLITE = { busy: 5, corrupt: 11, notADatabase: 26 } as const;

/**
 * The SQLite file with these tables and indexes, locked until this process closes it or ends. Throws an error of this
 * file if it is in use, damaged or of another form.
 */
export function openFile(folder: string, name: string, definition: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(join(folder, name));
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = NORMAL; BEGIN EXCLUSIVE; COMMIT');
    const { quick_check: check } = db.prepare('PRAGMA quick_check(1)').get() ?? {};
    if (check !== 'ok') throw new DataDirectoryDamaged(join(folder, name), 'its check failed');
    db.exec(definition);
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof DataDirectoryDamaged) throw error;
    const code = error instanceof Error && 'errcode' in error ? error.errcode : null;
    if (code === SQLITE.busy) throw new DataDirectoryInUse(folder, error);
    if (code === SQLITE.corrupt || code === SQLITE.notADatabase)
      throw new DataDirectoryDamaged(join(folder, name), error);
    throw new DataDirectoryUnwritable(folder, error);
  }
}
