// Parses text that may not be JSON.

/** Undefined if the text is not JSON. The parser's own error would quote the text, which may be a secret. */
export function jsonOf(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
