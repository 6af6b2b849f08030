// One structured log line per event. The sink is Powertools' Logger in Lambda and a file on a laptop.

/** Fields are ids, counts and codes; never links, tokens, keys or raw alert text. */
export type Log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields: Record<string, unknown>,
) => void;

/** The fields of an error that may be logged: name, message, our ids, and the chain of causes. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const ids = 'ids' in error ? { ids: error.ids } : {};
  const cause = error.cause === undefined ? {} : { cause: errorFields(error.cause) };
  return { error: error.name, why: error.message, ...ids, ...cause };
}
