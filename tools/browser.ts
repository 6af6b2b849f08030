// Finds the browser for the page tests, and unpacks the one from npm.
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import * as z from 'zod/mini';

const ROOT = resolve(import.meta.dirname, '..');
const PACKAGE = join(ROOT, 'node_modules/@sparticuz/chromium/package.json');
const PROGRAMS = ['chromium', 'google-chrome', 'google-chrome-stable'];
const APPLICATIONS: Readonly<Record<string, readonly string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  ],
};

type Machine = Pick<NodeJS.Process, 'platform' | 'arch'> & {
  env: Readonly<Record<string, string | undefined>>;
};
export type Browser = { path: string; env: Record<string, string> };

/**
 * The path of the browser: the one that COUNTERMAND_BROWSER names, or an installed Chrome or Chromium, or on Linux x64
 * the one from npm. Undefined if there is none.
 */
export function findBrowser({ env, platform, arch }: Machine = process): string | undefined {
  if (env.COUNTERMAND_BROWSER)
    return isExecutable(env.COUNTERMAND_BROWSER) ? env.COUNTERMAND_BROWSER : undefined;
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const installed = [
    ...PROGRAMS.flatMap((program) => folders.map((folder) => join(folder, program))),
    ...(APPLICATIONS[platform] ?? []),
  ].find(isExecutable);
  if (installed) return installed;
  return platform === 'linux' && arch === 'x64' && existsSync(PACKAGE) ? npmBrowser() : undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * In the checkout, where no other user can place a program. Named after the version, so that an upgrade unpacks the new
 * one.
 */
function npmFolder(): string {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(PACKAGE, 'utf8')));
  return join(ROOT, '.browser', version);
}

const npmBrowser = (): string => join(npmFolder(), 'chromium');

/** The browser and the variables that its environment needs. Unpacks the one from npm once, in about 3 seconds. */
export function prepareBrowser(path: string): Browser {
  if (path !== npmBrowser()) return { path, env: {} };
  const folder = npmFolder();
  if (!existsSync(folder)) unpack(folder);
  // Without libnss3, which a bare machine lacks, Chromium doesn't start. The package contains its libraries.
  const works = spawnSync(path, ['--version'], { env: {}, stdio: 'ignore' }).status === 0;
  return {
    path,
    env: {
      FONTCONFIG_FILE: join(folder, FONTS_FILE),
      ...(works ? {} : { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') }),
    },
  };
}

const FONTS_FILE = 'countermand-fonts.conf';
/** The system's fonts, if any, and the package's own. Without a font, Chromium crashes on a form. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
</fontconfig>
`;

function unpack(folder: string): void {
  const unpacking = `${folder}.${process.pid}`;
  mkdirSync(unpacking, { recursive: true, mode: 0o700 });
  // The package unpacks its libraries only if the environment looks like Lambda.
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'unpack-browser.ts')],
    {
      env: { TMPDIR: unpacking, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`@sparticuz/chromium could not be unpacked: ${stderr}`);
  writeFileSync(join(unpacking, FONTS_FILE), FONTS);
  try {
    renameSync(unpacking, folder);
  } catch (error) {
    // Another process unpacked it first.
    if (!existsSync(folder)) throw error;
    rmSync(unpacking, { recursive: true });
  }
}
