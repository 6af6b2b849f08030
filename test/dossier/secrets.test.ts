// Redaction: no secret reaches the model, wherever it is planted.
import { describe, expect, test } from 'vitest';
import { withoutSecrets } from '../../functions/dossier/secrets.ts';
import { factsAbout, factsWith } from '../fixtures/case.ts';
import { sample } from '../intake/events.ts';
import { dossierFrom } from './case.ts';

/** Built from parts, so that no scanner takes the test for a leak. */
const SECRETS: Readonly<Record<string, string>> = {
  'an AWS secret key': ['wJalrXUtnFEMI', 'K7MDENG', 'bPxRfiCYEXAMPLEKEY'].join('/'),
  'a session token': `FwoGZXIvYXdzE${'aB3/xY9+'.repeat(20)}`,
  'a JSON web token': ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0In0', 'c2lnbmF0dXJl'].join('.'),
  'a GitHub token': `ghp_${'a1B2'.repeat(9)}`,
  'a Slack token': `xoxb-${'123456789012-'.repeat(2)}abcDEF`,
  'an API key of a model': `sk-ant-api03-${'x9'.repeat(12)}`,
  'a password': 'password=Tr0ub4dor&3',
  'a password in a URL': 'postgres://app:hunter22@db.internal/shop',
  'a private key': '-----BEGIN RSA PRIVATE KEY----- MIIEpAIBAAKCAQEA -----END RSA PRIVATE KEY-----',
  'a Vault token': `hvs.${'CAESIJ9x'.repeat(4)}`,
  'a storage key': `AccountKey=${'aB3xY9+z'.repeat(5)}==`,
  'a shared access signature': `?sv=2020&sig=${'aB3xY9'.repeat(7)}%3D`,
  'a token of a Telegram bot': `123456789:AA${'x9Y'.repeat(11)}`,
  'an option --password': 'app --password Tr0ub4dor',
  'an option -p of mysql': 'mysql -u root -pTr0ub4dor prod',
  'an option -u of curl': 'curl -u admin:Tr0ub4dor https://x.example',
  'a new password': "echo 'root:Tr0ub4dor' | chpasswd",
  'a user with a password': 'net user bob Tr0ub4dor /add',
  'a Kubernetes secret': 'kubectl create secret generic x --from-literal=pw=Tr0ub4dor',
  'JSON in a string': '{\\"secret\\":\\"Tr0ub4dor\\"}',
  'a card number': '4111 1111 1111 1111',
};
const core: Readonly<Record<string, string>> = {
  'a password': 'Tr0ub4dor',
  'a password in a URL': 'hunter22',
  'a storage key': 'aB3xY9+z',
  'a shared access signature': 'aB3xY9',
  'an option --password': 'Tr0ub4dor',
  'an option -p of mysql': 'Tr0ub4dor',
  'an option -u of curl': 'Tr0ub4dor',
  'a new password': 'Tr0ub4dor',
  'a user with a password': 'Tr0ub4dor',
  'a Kubernetes secret': 'Tr0ub4dor',
  'JSON in a string': 'Tr0ub4dor',
  'a private key': 'MIIEpAIBAAKCAQEA',
};

describe.each(Object.entries(SECRETS))('%s', (name, secret) => {
  test('is withheld from text', () => {
    const text = withoutSecrets(`run x --with ${secret} now`);
    expect(text).not.toContain(core[name] ?? secret);
    expect(text).toContain('withheld');
  });
  test('does not reach the dossier from a tag, a command, a user agent, a path or a tool', () => {
    const mining = sample('mining');
    mining.detail.resource.instanceDetails.tags = [
      { key: 'owner', value: secret },
      { key: 'note', value: secret },
    ];
    mining.detail.service.runtimeDetails = {
      process: { name: secret, executablePath: secret },
      context: { commandLineExample: `curl ${secret}`, toolName: secret },
    };
    const exec = sample('exec-in-pod');
    Object.assign(exec.detail.service.action.kubernetesApiCallAction, {
      userAgent: secret,
      parameters: new URLSearchParams({ command: `sh -c ${secret}` }).toString(),
      requestUri: `/api/v1/pods?x=${secret}`,
    });
    for (const event of [mining, exec])
      expect(dossierFrom(event)).not.toContain(core[name] ?? secret);
  });
});

test('removes a secret from the reason of a fact that could not be read', () => {
  const why = 'no access with token=Zx81kQ-99-abcdef';
  const unread = { ...factsAbout('ip-1'), protectedBy: { known: false, why } as const };
  const dossier = dossierFrom(sample('ssh-brute-force'), { facts: factsWith(unread) });
  expect(dossier).toContain('no access with token=[secret withheld]');
});

test.each([
  'AKIAI44QH8DHBEXAMPLE',
  'i-0abcdef0123456789',
  '111122223333',
  'allowUsersToChangePassword=false',
  `sha256=${'ab12'.repeat(16)}`,
  '2026-11-24T03:00:00.000Z',
  'arn:aws:iam::111122223333:user/deploy',
  '4111 1111 1111 1112',
  'docker run -u 1000:1000 nginx',
  'net user bob /add',
  'mysql -u root -h db.internal',
])('keeps %s, which is no secret', (text) => {
  expect(withoutSecrets(text)).toBe(text);
});
