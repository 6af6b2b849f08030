// Converts text to the GSM alphabet: any other character halves the capacity.
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** These take two septets. */
const EXTENDED = '^{}\\[~]|€';

const PLAIN: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '–': '-',
  '—': '-',
  '…': '...',
};

/** The text in GSM 03.38. Drops an accent that the alphabet lacks; writes `?` for any other missing character. */
export const inGsm = (text: string): string =>
  [...text]
    .map((sign) => {
      const plain = PLAIN[sign] ?? sign;
      if ([...plain].every(isKnown)) return plain;
      const base = [...sign.normalize('NFKD')].filter(isKnown).join('');
      return base || '?';
    })
    .join('');

const isKnown = (sign: string): boolean => BASIC.includes(sign) || EXTENDED.includes(sign);

/** The length in septets. */
export const septetsOf = (text: string): number =>
  [...text].reduce((sum, sign) => sum + (EXTENDED.includes(sign) ? 2 : 1), 0);

/** The text, cut to `most` septets. */
export function fitting(text: string, most: number): string {
  if (septetsOf(text) <= most) return text;
  const signs = [...text];
  while (signs.length > 0 && septetsOf(signs.join('')) > most - 3) signs.pop();
  return most > 3 ? `${signs.join('').trimEnd()}...` : '';
}
