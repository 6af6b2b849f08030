// The alphabet of text messages: what fits into it takes half the room, and no stranger's letter may change that.
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** These take two places. */
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

/** The text in the alphabet of GSM 03.38: letters without accents that it lacks, and `?` for what it has nothing like. */
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

/** Places that a text in the alphabet takes. */
export const septetsOf = (text: string): number =>
  [...text].reduce((sum, sign) => sum + (EXTENDED.includes(sign) ? 2 : 1), 0);

/** As much of it as fits. */
export function fitting(text: string, most: number): string {
  if (septetsOf(text) <= most) return text;
  const signs = [...text];
  while (signs.length > 0 && septetsOf(signs.join('')) > most - 3) signs.pop();
  return most > 3 ? `${signs.join('').trimEnd()}...` : '';
}
