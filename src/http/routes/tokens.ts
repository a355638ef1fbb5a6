import type { WatchAccess } from '../../auth/watch-access.js';
import type { TokenAnswer } from '../../protocol/messages.js';
import { readTokenRequest } from '../../protocol/token-request.js';
import { answerError, answerJson } from '../answer.js';
import { readJsonBody } from '../body.js';
import type { Handler } from '../context.js';
import { publicOrigin } from '../public-address.js';

/**
 * `POST /v1/tokens {"expires_in","rooms"?,"view"?}` signs a token for watchers. Takes the secret itself in a header, or a
 * sign-in with it: the holder of a token must not make another one that lasts longer. The cookie of the sign-in is safe
 * here, as browsers do not send it with requests from pages of other sites.
 */
export function createTokenHandler(watchAccess: WatchAccess, maxBodyBytes: number): Handler {
  return async (context) => {
    const operator = await watchAccess.checkOperator(context.request.headers);
    if (!operator.ok) return answerError(context, operator.error);
    const body = await readJsonBody(context.request, maxBodyBytes);
    if (!body.ok) return answerError(context, body.error);
    const wanted = readTokenRequest(body.value);
    if (!wanted.ok) return answerError(context, wanted.error);
    const issued = await watchAccess.issueToken(wanted.value);
    if (!issued.ok) return answerError(context, issued.error);
    const { token, expiresAt } = issued.value;
    // A dashboard shows one room at a time, and a token for rooms does not open the whole site.
    const [room] = wanted.value.rooms ?? [];
    const query = new URLSearchParams({ ...(room !== undefined && { room }), token });
    const answer: TokenAnswer = { token, expires_at: expiresAt, url: `${publicOrigin(context.request)}/?${query}` };
    answerJson(context, 200, JSON.stringify(answer));
  };
}
