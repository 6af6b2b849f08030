// One structured log line per event. The sink is Powertools' Logger in Lambda and a file on a laptop.

/** Fields are ids, counts and codes; never links, tokens, keys or raw alert text. */
export type Log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields: Record<string, unknown>,
) => void;

/** The fields of an error that may be logged: name, message, our ids, and the chain of causes, as far as those are errors. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const ids = 'ids' in error ? { ids: error.ids } : {};
  // Anything else is what came from outside: an answer, or an address with a code in it.
  const cause = error.cause instanceof Error ? { cause: errorFields(error.cause) } : {};
  return { error: error.name, why: error.message, ...ids, ...cause };
}
