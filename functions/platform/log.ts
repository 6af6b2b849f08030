// The log interface: one structured line per event.

/** Fields are IDs, counts and codes; never links, tokens, keys or raw alert text. */
export type Log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields: Record<string, unknown>,
) => void;

/** The fields of an error that may be logged: name, message, our IDs, and the chain of causes that are errors. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const ids = 'ids' in error ? { ids: error.ids } : {};
  // A cause that is not an error came from outside: a response, or a URL with a code in it.
  const cause = error.cause instanceof Error ? { cause: errorFields(error.cause) } : {};
  return { error: error.name, why: error.message, ...ids, ...cause };
}
