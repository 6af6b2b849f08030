// vitest globalSetup: prepares what is slow once per run, outside of any test's time limit.
import { findBrowser, prepareBrowser } from '../../tools/browser.ts';
import { hasPython } from '../../tools/python.ts';
import { missingHere, sayMissing } from '../../tools/requirements.ts';
import { ensureMotoVenv } from './venv.ts';

/** Throws with CI=true if something is missing. */
export default async function setup(): Promise<void> {
  const missing = missingHere().map(sayMissing);
  if (missing.length > 0 && process.env.CI === 'true') throw new Error(missing.join('\n'));
  for (const line of missing) console.error(`${line} The tests that need it are skipped.`);
  const browser = findBrowser();
  if (browser) prepareBrowser(browser);
  if (hasPython(process.env)) await ensureMotoVenv();
}
