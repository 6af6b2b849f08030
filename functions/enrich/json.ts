// Parses JSON that AWS returns as text.

/** Null for text that is no JSON. */
export function asJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}
