import { type Access, type AccessError, COOKIE_NAME, type WatchGate } from '../../auth/watch-access.js';
import { parseJsonObject } from '../../protocol/json.js';
import { readRoom } from '../../protocol/query.js';
import { readBody } from '../body.js';
import { answerEmpty, answerError, type Context } from '../context.js';
import { guard, guardLater, type Handler, type Route, type RouterDependencies } from '../router.js';

/** What guarding the watching needs. */
export interface WatchGateDependencies {
  readonly gate: WatchGate;
  readonly maxBodyBytes: number;
  readonly onFault: RouterDependencies['onFault'];
}

/** What a handler does with the room that the query names, when the client may only see some. */
export type RoomRule =
  /** The answer is about the room that the query names, which must be one the client may see. */
  | 'named'
  /** The handler itself leaves out what the client may not see, by `context.access`. */
  | 'filtered';

/** Lets a handler's requests pass only with credentials to watch. Hands on what they are good for as `context.access`. */
export function createWatchGuard({
  gate,
  onFault,
}: WatchGateDependencies): (handler: Handler, rule: RoomRule) => Handler {
  return (handler, rule) => {
    if (gate.isOpen) return handler;
    const enter = (context: Context, access: Access | AccessError) => {
      if (typeof access === 'string') return answerError(context, access);
      if (rule === 'named' && access.rooms !== undefined) {
        const room = readRoom(context.query);
        if (!room.ok) return answerError(context, room.error);
        if (room.value === undefined || !access.rooms.has(room.value)) return answerError(context, 'token_wrong_room');
      }
      handler({ ...context, access });
    };
    return (context) => {
      const access = gate.access(context.request.headers, context.query);
      if (access instanceof Promise) guardLater(context, onFault, access, (verified) => enter(context, verified));
      else enter(context, access);
    };
  };
}

/** `POST /v1/sign-in {"token"}` sets a cookie that opens what the token opens; `POST /v1/sign-out` takes it back. */
export function createSignInRoutes({
  gate,
  maxBodyBytes,
  onFault,
}: WatchGateDependencies): [path: string, route: Route][] {
  const signIn: Handler = (context) =>
    readBody(context.request, maxBodyBytes, (bytes) =>
      guard(context, onFault, () => {
        const body = typeof bytes === 'string' ? bytes : parseJsonObject(bytes);
        if (typeof body === 'string') return answerError(context, body);
        if (gate.isOpen) return answerEmpty(context, 204, []);
        if (typeof body.token !== 'string' || body.token === '') return answerError(context, 'token_missing');
        guardLater(context, onFault, Promise.resolve(gate.check(body.token)), (access) => {
          if (typeof access === 'string') return answerError(context, access);
          guardLater(context, onFault, gate.issueCookieToken(access), ({ token, maxAgeSeconds }) =>
            answerEmpty(context, 204, ['Set-Cookie', cookie(context, token, maxAgeSeconds)]),
          );
        });
      }),
    );
  const signOut: Handler = (context) => answerEmpty(context, 204, ['Set-Cookie', cookie(context, '', 0)]);
  return [
    ['/v1/sign-in', { post: signIn }],
    ['/v1/sign-out', { post: signOut }],
  ];
}

/** Strict, so that no other site's page can watch with it; Secure wherever the client came by https. */
function cookie({ request }: Context, token: string, maxAgeSeconds: number): string {
  // Several proxies make a list, and the first of them is the one that the client reached.
  const secure = /^https *(,|$)/i.test(String(request.headers['x-forwarded-proto'])) ? '; Secure' : '';
  return `${COOKIE_NAME}=${token}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}
