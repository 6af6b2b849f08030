// Validates the path to which a sign-in from the console returns.

export const CONSOLE_PATH = '/console';
export const BACK_TO_CONSOLE = { path: CONSOLE_PATH, label: 'Back to the console' };

/** At most 1,024 printable ASCII characters, without the backslash, which browsers read as a slash. */
const PLAIN = /^[!-[\]-~]{1,1024}$/;

/**
 * Returns `to` if it is the path of a console page, otherwise `/console`. Rejects paths that are not normalised, for
 * example those with dot segments.
 */
export function consolePathIn(to: string | undefined, webBaseUrl: string): string {
  if (to === undefined || !PLAIN.test(to) || !URL.canParse(to, webBaseUrl)) return CONSOLE_PATH;
  const { origin, pathname, search, hash } = new URL(to, webBaseUrl);
  const isInConsole = pathname === CONSOLE_PATH || pathname.startsWith(`${CONSOLE_PATH}/`);
  return isInConsole &&
    origin === new URL(webBaseUrl).origin &&
    hash === '' &&
    to === pathname + search
    ? to
    : CONSOLE_PATH;
}
