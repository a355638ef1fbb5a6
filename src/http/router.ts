import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '../protocol/errors.js';
import { answerEmpty, answerError, type Context } from './context.js';
import { type Cors, preflightHeaders } from './cors.js';

/** Answers one request, now or later. */
export type Handler = (context: Context) => void;

/** What a path does. HEAD is answered by the GET handler; OPTIONS by the router. */
export interface Route {
  readonly get?: Handler;
  readonly post?: Handler;
  /** Whether pages of any origin may ask. Their browser still hides the answer from them. */
  readonly anyOrigin?: boolean;
}

/** What the router asks and tells. */
export interface RouterDependencies {
  readonly cors: Cors;
  /** The route of a path, if there is one. */
  readonly findRoute: (path: string) => Route | undefined;
  /** Whether the service is about to go. */
  readonly isLeaving: () => boolean;
  /** Takes note of a refusal. */
  readonly countRejection: (code: ErrorCode) => void;
  /** Called for every fault of a handler, after the client has been answered. */
  readonly onFault: (error: unknown, request: IncomingMessage) => void;
}

/** The service's one request listener: finds the route, applies the cross-origin rules, and answers for what fails. */
export function createRouter(
  dependencies: RouterDependencies,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { cors, findRoute, isLeaving, countRejection, onFault } = dependencies;

  function dispatch(context: Context): void {
    const { method, headers, httpVersion } = context.request;
    // Required since HTTP/1.1 (RFC 9112, 3.2).
    if (headers.host === undefined && httpVersion === '1.1') return answerError(context, 'bad_request');
    const route = findRoute(context.path);
    if (!context.cors.allowed && !route?.anyOrigin) return answerError(context, 'origin_not_allowed');
    if (route === undefined) return answerError(context, 'not_found');
    const handler = method === 'POST' ? route.post : method === 'GET' || method === 'HEAD' ? route.get : undefined;
    if (handler !== undefined) return handler(context);
    const allow = allowed(route);
    if (method !== 'OPTIONS') return answerError(context, 'method_not_allowed', ['Allow', allow]);
    const isPreflight = headers['access-control-request-method'] !== undefined;
    const more = isPreflight ? preflightHeaders(allow, headers['access-control-request-headers']) : [];
    answerEmpty(context, 204, ['Allow', allow, ...more]);
  }

  return (request, response) => {
    const { headers } = request;
    const url = originForm(request.url ?? '/');
    const mark = url.indexOf('?');
    const context: Context = {
      request,
      response,
      cors: cors.decide(headers.origin, headers.host),
      path: mark === -1 ? url : url.slice(0, mark),
      query: mark === -1 ? '' : url.slice(mark + 1),
      isLeaving,
      countRejection,
    };
    guard(context, onFault, () => dispatch(context));
  };
}

/** Runs a part of answering a request. If it throws, the client gets a 500, or its half-sent answer is cut off. */
export function guard(context: Context, onFault: RouterDependencies['onFault'], part: () => void): void {
  try {
    part();
  } catch (error) {
    if (context.response.headersSent) context.response.destroy();
    else answerError(context, 'internal');
    onFault(error, context.request);
  }
}

/** Runs the rest of answering a request when a promise is fulfilled, guarded like the first part. */
export function guardLater<T>(
  context: Context,
  onFault: RouterDependencies['onFault'],
  promise: Promise<T>,
  part: (value: T) => void,
): void {
  const fail = (error: unknown) =>
    guard(context, onFault, () => {
      throw error;
    });
  promise.then((value) => guard(context, onFault, () => part(value)), fail);
}

/** The path and query of a request target, which a proxy may have been given with scheme and host (RFC 9112, 3.2.2). */
function originForm(target: string): string {
  if (target.startsWith('/') || !URL.canParse(target)) return target;
  const { pathname, search } = new URL(target);
  return pathname + search;
}

function allowed(route: Route): string {
  return [route.get && 'GET, HEAD', route.post && 'POST', 'OPTIONS'].filter(Boolean).join(', ');
}
