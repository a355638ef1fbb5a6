import { COOKIE_NAME, type WatchAccess } from '../../auth/watch-access.js';
import type { Unchecked } from '../../protocol/json.js';
import type { SignInRequest } from '../../protocol/messages.js';
import { answerEmpty, answerError } from '../answer.js';
import { readJsonBody } from '../body.js';
import type { Context, Handler } from '../context.js';
import { isHttps } from '../public-address.js';
import type { Route } from '../router.js';

/** `POST /v1/sign-in {"token"}` sets a cookie with the rights of the token; `POST /v1/sign-out` deletes it. */
export function createSignInRoutes(
  watchAccess: WatchAccess,
  maxBodyBytes: number,
): readonly (readonly [path: string, route: Route])[] {
  const signIn: Handler = async (context) => {
    const body = await readJsonBody(context.request, maxBodyBytes);
    if (!body.ok) return answerError(context, body.error);
    if (watchAccess.isOpen) return answerEmpty(context, 204, []);
    const { token }: Unchecked<SignInRequest> = body.value;
    if (typeof token !== 'string' || token === '') return answerError(context, 'token_missing');
    const access = await watchAccess.ofToken(token);
    if (!access.ok) return answerError(context, access.error);
    const cookie = await watchAccess.issueCookieToken(access.value);
    answerEmpty(context, 204, ['Set-Cookie', cookieHeader(context, cookie.token, cookie.maxAgeSeconds)]);
  };
  const signOut: Handler = (context) => answerEmpty(context, 204, ['Set-Cookie', cookieHeader(context, '', 0)]);
  return [
    ['/v1/sign-in', { post: signIn }],
    ['/v1/sign-out', { post: signOut }],
  ];
}

/** SameSite=Strict, so that pages of other sites cannot use it; Secure wherever the client came by https. */
function cookieHeader(context: Context, token: string, maxAgeSeconds: number): string {
  const secure = isHttps(context.request) ? '; Secure' : '';
  return `${COOKIE_NAME}=${token}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}
