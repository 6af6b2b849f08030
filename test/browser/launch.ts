// Starts the browser that this machine has, or the one from npm.
import { chromium } from 'playwright-core';
import { findBrowser, prepareBrowser } from '../../tools/browser.ts';

/** As root, Chromium runs only without its sandbox. The pages are the project's own, on loopback. */
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launch() {
  const found = findBrowser();
  if (!found)
    throw new Error('No Chrome or Chromium was found; npm run check prints how to install it');
  const { path, env } = prepareBrowser(found);
  return chromium.launch({ executablePath: path, args: ARGS, env: { ...process.env, ...env } });
}
