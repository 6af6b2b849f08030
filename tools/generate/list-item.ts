// Wraps an item of a Markdown list.
const MAX_COLUMNS = 120;

export function listItem(text: string): string {
  const lines = ['-'];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last.length + 1 + word.length <= MAX_COLUMNS) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines.join('\n');
}
