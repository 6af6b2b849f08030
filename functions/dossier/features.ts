// Describes untrusted text by features: its words do not reach the model.
import { visible } from '../domain/wording.ts';
import { withoutSecrets } from './secrets.ts';

/**
 * Words that describe a name, a path or a reason. Only these appear in the dossier. The author of the text can choose
 * among them, but can't add a sentence.
 */
const VOCABULARY: ReadonlySet<string> = new Set(
  `admin administrator adminaccess agent airflow amazon analytics analyst ansible api app application athena audit auth
  autoscaling aws awsreservedsso backup bash bastion batch billing bitcoin bot build canary cd certmanager chatbot ci
  cloud cloudformation cluster codebuild cognito compliance config console coredns cron crypto curl customer dashboard
  data database datadog db demo deploy deployer deployment dev developer devops docker ecs ecr eks elastic emr etl exec
  export external finance fleet flux functions gateway github gitlab glue grafana guest hosting hpa hr iam image import
  ingest ingress integration internal invoice invoices iot jenkins job jobs jump kafka kinesis kube kubelet kubernetes
  lambda legacy load log logger logging login logs mail maintenance malware management master masters metrics migration
  miner mining mobile mongodb monero monitor monitoring mysql nat nessus network nginx nightly node nodes ops oracle
  orders partner payment payments payroll pentest pipeline poweruser postgres preview proc prod production prometheus
  proxy public qa qualys readonly redis redteam release rem report reporting reports research restore root rotation
  runner s3 sales sandbox scan scanner scheduler search secret secrets security securityaudit service serviceaccount
  shared shop sso stage staging steampipe storage support svc sync system teamcity temp temporary terraform test tester
  testing tmp tor traefik user users vault vendor viewer vpn vps warehouse web webhook worker xmrig zabbix`.split(
    /\s+/,
  ),
);
const MAX_WORDS = 6;

/** Words of the vocabulary in the text, in its order. */
export function knownWords(text: string): string[] {
  const words = visible(text)
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+|(?<=[a-z])(?=\d)/)
    .filter((word) => VOCABULARY.has(word));
  return [...new Set(words)].slice(0, MAX_WORDS);
}

/** Text that addresses the reader of the alert, in the words that injections share. */
const INSTRUCTION =
  /\b(?:ignore|disregard|forget|override|instruction\w*|prompt|system:\s|assistant|you (?:are|must|should)|do not|don't|please|recommend|benign|false positive|approve\w*|whitelist|allowlist|no action|safe|suppress\w*|verdict|respond with|as an ai|note to|attention)\b/gi;
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/** Five words in a row are a sentence, which no identifier contains. */
const PROSE = /(?:\p{L}{2,}[\s_.,;:!?-]+){4,}\p{L}{2,}/u;

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** Words that are joined to a name, such as `mark_as_benign` or `MarkAsBenign`, count as words. */
const spaced = (text: string): string =>
  visible(text)
    .replaceAll(/[_\-./\\+]+/g, ' ')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2');

const instructionsIn = (text: string): number => count(spaced(text), INSTRUCTION);

/** Whether the text reads like a sentence or an instruction. Such text is never quoted. */
export const isProse = (text: string): boolean =>
  PROSE.test(visible(text)) || instructionsIn(text) > 0 || count(text, HIDDEN) > 0;

/** 24 characters of Base64, which may be an encoded sentence. Paths and hashes are not. */
const isEncoded = (text: string): boolean =>
  (text.match(/[A-Za-z\d+/]{24,}={0,2}/g) ?? []).some(
    (one) => /[A-Z]/.test(one) && /[a-z]/.test(one) && /[\d+=]/.test(one),
  );

/** Whether untrusted words may be quoted where they decide: short, plain, and neither a sentence nor encoded. */
export const isQuotable = (text: string): boolean =>
  /^[\x20-\x7e]{1,120}$/.test(text) && !isProse(text) && !isEncoded(text);

/** The features of a text, between brackets: its length, known words, and what is unusual about it. */
export function featuresOf(text: string): string {
  const words = knownWords(text);
  const clear = visible(text);
  const features = [
    `${text.length} characters`,
    words.length > 0 && `words: ${words.join(' ')}`,
    count(text, HIDDEN) > 0 && `hidden characters: ${count(text, HIDDEN)}`,
    /[^\p{ASCII}]/u.test(clear) && `not ASCII: ${count(clear, /[^\p{ASCII}]/gu)}`,
    PROSE.test(clear) && 'reads as a sentence',
    instructionsIn(text) > 0 && `instruction-like: ${instructionsIn(text)}`,
    /https?:\/\/|www\./i.test(clear) && 'contains a URL',
    isEncoded(clear) && 'contains encoded text',
    withoutSecrets(text) !== text && 'contains a secret',
  ].filter(Boolean);
  return `[${features.join('; ')}]`;
}

/** Marks untrusted text. The nonce is new for each request, so that the text can't contain it. */
export type Quote = (text: string) => string;

const MAX_QUOTE = 120;

export const quoteWith =
  (nonce: string): Quote =>
  (text) => {
    const clear = withoutSecrets(visible(text))
      .replaceAll(/[<>\n]/g, ' ')
      .trim();
    const cut = clear.length > MAX_QUOTE ? `${clear.slice(0, MAX_QUOTE).toWellFormed()}…` : clear;
    return `<q-${nonce}>${cut}</q-${nonce}>`;
  };
