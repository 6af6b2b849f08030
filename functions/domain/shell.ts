// Text in a command that a person copies.

/** A target may be an attacker's words: in single quotes, a POSIX shell takes all of them as they stand. */
export const shell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
