// Accepts only pages of the console as the place to return to.

export const CONSOLE_PATH = '/console';

/** Of an address, all printable ASCII except the backslash, which browsers read as a slash. */
const PLAIN = /^[!-[\]-~]{1,1024}$/;

/**
 * The path in `to` if it leads to a page of the console, otherwise the console's first page. The path must be written as
 * a browser would write it: dot segments and other spellings of one path are not accepted.
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
