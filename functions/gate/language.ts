// Whether a text is written in the language that the checks read.

/** Frequent words that the other languages here lack. */
const ENGLISH = words(
  'the of and to is it its by with for not that this these which are were been has had have at from but or all other they their what when where can could would should will may must be an both there only',
);
/**
 * Frequent words that English lacks, of languages in which models often answer. Without those that are abbreviations in
 * this field: COM, DES, DoS, EST.
 */
const OTHERS = words(
  'der das und ist ein eine einer einem nicht den dem mit auf für sich laut kein keine keinen zeigt wurde wurden von im zur zum',
  'le les une dans pour pas qui avec aucun aucune aucuns selon aux ont été sont ce cette montre',
  'el los las del una por para según ningún ninguna muestra fue está son más que',
  'il gli di che non nessun nessuna secondo mostra è della dei delle nel',
  'uma não segundo nenhum nenhuma mostra foi são das pelo pela',
  'het een niet dat voor volgens geen toont zijn werd',
  'och är inte som enligt ingen visar nie jest się według żaden ve bir değil göre yok',
);

function words(...lists: string[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => list.split(' ')));
}

/** A look-alike letter of another script hides a name. */
const OTHER_SCRIPT = /[^\P{L}\p{Script=Latin}]/u;

/** No part of a name, an address or a contraction: `com` of `example.com`, `ve` of `we've`. */
const WORD = /(?<![\p{L}\p{M}\d'’._@:/-])\p{L}+(?![\p{L}\p{M}\d'’_@/-]|[.:][\p{L}\d])/gu;

/** So many words without a frequent one are of a language that is not listed here. */
const SENTENCES = 12;

export function isEnglish(text: string): boolean {
  if (OTHER_SCRIPT.test(text)) return false;
  const said = text.toLowerCase().match(WORD) ?? [];
  const count = (known: ReadonlySet<string>) => said.filter((one) => known.has(one)).length;
  const english = count(ENGLISH);
  if (english === 0 && said.length >= SENTENCES) return false;
  return count(OTHERS) === 0 || count(OTHERS) < english;
}
