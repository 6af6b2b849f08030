// vitest globalSetup: prepares the browser and moto once per run.
import { findBrowser, prepareBrowser } from '../../tools/browser.ts';
import { hasPython } from '../../tools/python.ts';
import { missingHere, sayMissing } from '../../tools/requirements.ts';
import { ensureMotoVenv } from './venv.ts';

/** Runs outside the time limit of any test. With CI=true, throws if a requirement is missing. */
export default async function setup(): Promise<void> {
  const missing = missingHere().map(sayMissing);
  if (missing.length > 0 && process.env.CI === 'true') throw new Error(missing.join('\n'));
  for (const line of missing) console.error(`${line} The tests that need it will be skipped.`);
  const browser = findBrowser();
  if (browser) prepareBrowser(browser);
  if (hasPython(process.env)) await ensureMotoVenv();
}
