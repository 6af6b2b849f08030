// Extracts the prose of one file: comments, titles, strings, pages.
import type { Text } from './text.ts';
import { typescriptTexts } from './typescript-texts.ts';

/** A heading, list item, table cell or blank line begins a new text. */
const BLOCK_START = /^\s*(#+|[-*+]|\d+\.|>)\s+|^\s*\||^\s*$/;

/** Prose only: no code, no link targets, no emphasis, no HTML. */
const withoutMarkup = (line: string): string =>
  line
    .replaceAll(/`[^`]*`|<[^>]*>|https?:\/\/\S+/g, ' ')
    .replaceAll(/\]\([^)]*\)/g, ' ')
    .replaceAll(/^\s*(#+|[-*+]|\d+\.|>)\s+|[*_[\]]/g, ' ');

function markdownTexts(source: string): Text[] {
  const texts: { kind: 'docs'; line: number; text: string }[] = [];
  let fenced = false;
  let open = false;
  for (const [i, line] of source.split('\n').entries()) {
    const fence = /^\s*```/.test(line);
    if (fence) fenced = !fenced;
    if (fence || fenced) {
      open = false;
      continue;
    }
    const last = texts.at(-1);
    if (open && last && !BLOCK_START.test(line)) {
      last.text += `\n${withoutMarkup(line)}`;
      continue;
    }
    const row = /^\s*\|/.test(line);
    const cells = row ? line.split('|') : [line];
    texts.push(
      ...cells.map((cell) => ({ kind: 'docs' as const, line: i + 1, text: withoutMarkup(cell) })),
    );
    open = !row;
  }
  return texts.filter(({ text }) => text.trim() !== '');
}

/** Comments of a YAML file; a `#` inside quotes begins none. */
function yamlComments(source: string): Text[] {
  return source.split('\n').flatMap((line, i) => {
    const comment = /^(?:"[^"]*"|'[^']*'|[^"'#]|(?<=\S)#)*?(?:^|\s)#(.*)$/.exec(line)?.[1];
    const text = comment?.replaceAll(/`[^`]*`|https?:\/\/\S+/g, ' ').trim();
    return text ? [{ kind: 'comment' as const, line: i + 1, text }] : [];
  });
}

/** All prose of a file, by its extension. */
export function textsOf(path: string, source: string): Text[] {
  if (path.endsWith('.md')) return markdownTexts(source);
  if (path.endsWith('.yaml')) return yamlComments(source);
  return typescriptTexts(source, path.startsWith('test/') || path.endsWith('.test.ts'));
}
