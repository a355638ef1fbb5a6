import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '../protocol/errors.js';
import { answerEmpty, answerError } from './answer.js';
import type { Context, Handler } from './context.js';
import { type Cors, preflightHeaders } from './cors.js';

/** The handlers of a path. The GET handler answers HEAD too; the router answers OPTIONS. */
export interface Route {
  readonly get?: Handler;
  readonly post?: Handler;
  readonly delete?: Handler;
  /** Whether pages of any origin may send requests. Without a CORS header, their browser still hides the answer. */
  readonly anyOrigin?: boolean;
}

/** What the router works with. */
export interface RouterDependencies {
  readonly cors: Cors;
  /** The route of a path, or undefined. */
  readonly findRoute: (path: string) => Route | undefined;
  readonly isStopping: () => boolean;
  readonly countRejection: (code: ErrorCode, context: Context) => void;
  /** Called for everything that a handler throws, after the client has been answered. */
  readonly onFault: (error: unknown, request: IncomingMessage) => void;
}

/**
 * The service's one request listener: finds the route, applies the CORS rules, calls the handler. It is the only place that
 * catches what handlers throw: the client gets a 500, or its half-sent answer is cut off.
 */
export function createRouter(
  dependencies: RouterDependencies,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { cors, findRoute, isStopping, countRejection, onFault } = dependencies;

  function dispatch(context: Context): void | Promise<void> {
    const { method, headers, httpVersion } = context.request;
    // Required since HTTP/1.1 (RFC 9112, 3.2).
    if (headers.host === undefined && httpVersion === '1.1') return answerError(context, 'bad_request');
    const route = findRoute(context.path);
    if (!context.cors.allowed && !route?.anyOrigin) return answerError(context, 'origin_not_allowed');
    if (route === undefined) return answerError(context, 'not_found');
    const handler = handlerOf(route, method);
    if (handler !== undefined) return handler(context);
    const allow = allowedMethods(route);
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
      isStopping,
      countRejection,
    };
    const onError = (error: unknown) => {
      if (response.headersSent) response.destroy();
      else answerError(context, 'internal');
      onFault(error, request);
    };
    try {
      dispatch(context)?.catch(onError);
    } catch (error) {
      onError(error);
    }
  };
}

function handlerOf(route: Route, method: string | undefined): Handler | undefined {
  if (method === 'GET' || method === 'HEAD') return route.get;
  if (method === 'POST') return route.post;
  return method === 'DELETE' ? route.delete : undefined;
}

/** The path and query of a request target, which a proxy may have sent with scheme and host (RFC 9112, 3.2.2). */
function originForm(target: string): string {
  if (target.startsWith('/') || !URL.canParse(target)) return target;
  const { pathname, search } = new URL(target);
  return pathname + search;
}

function allowedMethods(route: Route): string {
  const methods = [route.get && 'GET, HEAD', route.post && 'POST', route.delete && 'DELETE', 'OPTIONS'];
  return methods.filter(Boolean).join(', ');
}
