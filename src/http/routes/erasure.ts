import { bearerToken, isSecret } from '../../auth/tokens.js';
import { decodeUid } from '../../protocol/query.js';
import type { Clock } from '../../runtime/clock.js';
import { answerError, answerOk } from '../answer.js';
import type { Handler } from '../context.js';
import type { Tracker } from './heartbeats.js';

/** What the handler of erasures works with. */
export interface ErasureDependencies {
  readonly tracker: Tracker;
  readonly clock: Clock;
  readonly watchSecrets: readonly string[];
}

/**
 * `DELETE /v1/visitors/:uid`: forgets a visitor. Takes the secret itself, in a header: a token is for those who watch, and a
 * cookie would let other pages of the operator's browser erase.
 */
export function createErasure({ tracker, clock, watchSecrets }: ErasureDependencies): (encodedUid: string) => Handler {
  return (encodedUid) => (context) => {
    const secret = bearerToken(context.request.headers.authorization);
    if (!secret) return answerError(context, 'token_missing');
    if (!isSecret(secret, watchSecrets)) return answerError(context, 'secret_required');
    const uid = decodeUid(encodedUid);
    if (!uid.ok) return answerError(context, uid.error);
    tracker.erase(uid.value, clock.nowMs());
    return answerOk(context);
  };
}
