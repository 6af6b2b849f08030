// The account's own identity provider, by OpenID Connect: authorization code with PKCE, found by its issuer's address.
import * as oidc from 'openid-client';
import { Denied, RetryableError, TerminalError, Unavailable } from '../domain/errors.ts';
import type { HttpClients } from '../platform/http.ts';
import type { Secret } from '../platform/secret.ts';
import type { SignIn } from '../policy/schemas/account.ts';

/** One way there and back; each of the three is known to nobody who did not begin it. */
export type Attempt = { state: string; nonce: string; verifier: string };
/** What the provider says of whoever came back. */
export type Identity = Readonly<Record<string, unknown>>;

export type Provider = {
  /** Where the browser is sent. `hint` saves the person from typing who they are. */
  begin: (attempt: Attempt, hint: string | null) => Promise<URL>;
  /** Throws Unavailable when the provider does not answer, and Denied for whatever is wrong with what it said. */
  finish: (attempt: Attempt, returned: URL) => Promise<Identity>;
};

export type ProviderDeps = Pick<HttpClients, 'http'> & {
  secret: Secret<string>;
  redirectUri: string;
  now: () => Date;
};

const METADATA_KEPT_MS = 10 * 60_000;
/** Four calls at the most, within the time that the page's function has. */
const CALL_SECONDS = 3;

/** @see https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth */
export function createProvider(signIn: SignIn, deps: ProviderDeps): Provider {
  const { issuer, clientId, claim } = signIn;
  const { http, secret, redirectUri, now } = deps;
  let kept: { metadata: oidc.ServerMetadata; until: number } | undefined;

  async function metadata(): Promise<oidc.ServerMetadata> {
    if (kept && now().getTime() < kept.until) return kept.metadata;
    const found = await oidc.discovery(new URL(issuer), clientId, undefined, oidc.None(), {
      [oidc.customFetch]: outward,
      timeout: CALL_SECONDS,
      execute: isLoopback(issuer) ? [oidc.allowInsecureRequests] : [],
    });
    kept = { metadata: found.serverMetadata(), until: now().getTime() + METADATA_KEPT_MS };
    return kept.metadata;
  }

  async function configured(authentication: oidc.ClientAuth): Promise<oidc.Configuration> {
    const skew = { [oidc.clockSkew]: Math.round((now().getTime() - Date.now()) / 1000) };
    const config = new oidc.Configuration(await metadata(), clientId, skew, authentication);
    config.timeout = CALL_SECONDS;
    config[oidc.customFetch] = outward;
    if (isLoopback(issuer)) oidc.allowInsecureRequests(config);
    // Without it, the library takes TLS to the token endpoint for proof enough and checks no signature.
    oidc.enableNonRepudiationChecks(config);
    return config;
  }

  /** A provider that is down is not one that says no. */
  const outward: oidc.CustomFetch = async (url, options) => {
    let response: Response;
    try {
      response = await http.fetch(url, options as RequestInit);
    } catch (cause) {
      throw new Unavailable('the identity provider did not answer', { issuer }, cause);
    }
    if (response.status >= 500 || response.status === 429)
      throw new Unavailable('the identity provider failed', { issuer, status: response.status });
    return response;
  };

  return {
    begin: (attempt, hint) =>
      refusing(issuer, async () =>
        oidc.buildAuthorizationUrl(await configured(oidc.None()), {
          redirect_uri: redirectUri,
          scope: claim === 'email' ? 'openid email' : 'openid profile',
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
          code_challenge_method: 'S256',
          ...(hint !== null && { login_hint: hint }),
        }),
      ),
    finish: (attempt, returned) =>
      refusing(issuer, async () => {
        // Fresh each time: few sign in, and a secret that was rotated meanwhile would fail them.
        const config = await configured(authentication(await metadata(), await secret(true)));
        const tokens = await oidc.authorizationCodeGrant(config, returned, {
          expectedState: attempt.state,
          expectedNonce: attempt.nonce,
          pkceCodeVerifier: attempt.verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (!claims) throw new Denied('the provider did not say who it was', { issuer });
        const wanted = claim === 'email' ? ['email', 'email_verified'] : [claim];
        if (wanted.every((name) => name in claims) || !config.serverMetadata().userinfo_endpoint)
          return claims;
        const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
        return { ...info, ...claims };
      }),
  };
}

/** In the form where that is allowed: providers disagree about how the header is encoded. It is what all must take where they name nothing. */
const authentication = (
  { token_endpoint_auth_methods_supported: methods }: oidc.ServerMetadata,
  secret: string,
): oidc.ClientAuth =>
  methods?.includes('client_secret_post')
    ? oidc.ClientSecretPost(secret)
    : oidc.ClientSecretBasic(secret);

const isLoopback = (issuer: string) => issuer.startsWith('http://127.0.0.1');

/** Whatever is not a failure on the way is a no. */
async function refusing<T>(issuer: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
      if (cause instanceof RetryableError || cause instanceof TerminalError) throw cause;
    const isTimeOut = error instanceof oidc.ClientError && error.code === 'OAUTH_TIMEOUT';
    const Kind = isTimeOut ? Unavailable : Denied;
    throw new Kind('signing in failed', { issuer }, error);
  }
}
