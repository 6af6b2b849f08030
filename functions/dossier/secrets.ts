// Removes secrets from text before it leaves the account.

export const WITHHELD = '[secret withheld]';

/** The name of a field and its value, in a query, a command line, a header or JSON. */
const NAMED =
  /((?:pass(?:word|wd|phrase)?|pwd|secret|token|(?:api|access|private|account|shared[-_]?access)[-_]?key|\bsig|signature|authorization|credentials?|cookie)\\*["']?\s*(?:[:=]|\s--?\s?|%3D)\s*\\*["']?(?:bearer\s+|basic\s+)?)((?!(?:true|false|null|none|\d{1,6})\b)[^\s"',;&)}\]\\]{4,})/gi;

/** What stands before a password in a command line. */
const BEFORE_PASSWORD = [
  /\s--?(?:pass(?:word|wd|phrase)?|secret|token|api-key)\s+["']?/, // --password x
  /\b(?:mysql\w*|mariadb|sshpass)\b[^|;&]{0,200}?\s-p\s?["']?/, // mysql -px, sshpass -p x
  /\s(?:-u|--user)[\s=]["']?[\w.@-]{1,64}:(?!\d+\b)/, // curl -u name:x
  /--from-literal[\s=]["']?[\w.-]{1,64}=/, // kubectl create secret
  /\bnet(?:\.exe)?\s+user\s+\S{1,64}\s+(?!\/)/, // net user name x
  /["'\s][\w.-]{1,32}:(?=[^\s"']{1,128}["']?\s*\|\s*chpasswd)/, // echo name:x | chpasswd
];
const IN_COMMAND = new RegExp(
  `(${BEFORE_PASSWORD.map(({ source }) => source).join('|')})([^\\s"'|;&]{3,})`,
  'gi',
);

const PATTERNS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*(?:PRIVATE KEY|CERTIFICATE|PGP MESSAGE)[A-Z ]*-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, // JSON web tokens
  /\bsk-[\w-]{16,}/g,
  /\b(?:gh[opsur]|github_pat|glpat|npm|xox[abeoprs]|SG|AIza|dop_v1|hf|pypi|rk_live|sk_live|whsec|dckr_pat|shp(?:at|ca|pa|ss)|dapi|hv[sbr]|NRAK|HRKU|AGE-SECRET-KEY)[-_.]?[\w.-]{16,}/g,
  /\b\d{8,10}:AA[\w-]{32,34}\b/g, // Telegram bots
  /https:\/\/hooks\.slack\.com\/services\/\S+/g,
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]{12,}/gi,
  // The password in a URL.
  /(?<=\/\/[^\s/:@]{1,64}:)[^\s/@]{3,}(?=@)/g,
  // Session tokens, and other long Base64.
  /(?<![\w+/=])[A-Za-z0-9+/_-]{100,}={0,2}(?![\w+/=])/g,
];

/** AWS secret access keys have 40 characters. Hashes have no capital letters. */
const SECRET_KEY = /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g;
const CARD = /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])/g;

/** The text without secret keys, tokens, passwords, certificates and card numbers. IDs of access keys stay. */
export function withoutSecrets(text: string): string {
  const named = [NAMED, IN_COMMAND].reduce(
    (rest, pattern) => rest.replace(pattern, (_all, name: string) => `${name}${WITHHELD}`),
    text,
  );
  return PATTERNS.reduce((rest, pattern) => rest.replace(pattern, WITHHELD), named)
    .replace(SECRET_KEY, (found) => (isRandom(found) ? WITHHELD : found))
    .replace(CARD, (found) => (isCard(found) ? WITHHELD : found));
}

const isRandom = (text: string): boolean =>
  /[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text) && new Set(text).size > 15;

/** The Luhn check of payment cards. */
function isCard(text: string): boolean {
  const digits = [...text.replace(/\D/g, '')].map(Number).toReversed();
  const sum = digits.reduce((total, digit, index) => {
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0 && new Set(digits).size > 1;
}
