/**
 * The Functions Framework starts an HTTP server whose Express stack parses up to 1 GiB of body before the function runs,
 * answers broken JSON with a page of HTML, and costs over ten times the CPU of the request itself. So the function takes
 * the server over: when the server starts to listen, before its first request, requests are led straight to the function.
 *
 * Nothing of the framework is touched or patched. Node itself announces every server that starts to listen on its
 * diagnostics channel, and the rest is the public interface of `http.Server`. Where the announcement does not come, the
 * function is called through Express, and answers all the same.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RequestListener, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpSettings } from '../config/settings.js';
import { nodeHttp } from '../runtime/node-http.js';
import { mendIdleness } from './idle-connections.js';

const LISTEN_CHANNEL = 'tracing:net.server.listen:asyncStart';
/** How many times within the timeout Node looks for clients that send too slowly. By default it looks every half minute. */
const CHECKS_PER_TIMEOUT = 4;

/** What a server is given. */
export interface ServerSetup {
  readonly settings: HttpSettings;
  /** The listener that takes the place of the server's own; undefined leaves the server's own. */
  readonly listener: RequestListener | undefined;
  /** The whole answer, as bytes on the wire, to a client whose request cannot be read. */
  readonly answerClientError: (error: NodeJS.ErrnoException) => string;
}

/**
 * Calls back once, with the next HTTP server of this process that starts to listen, before it takes a request.
 *
 * @returns what stops waiting
 */
export function onNextServer(callback: (server: Server) => void): () => void {
  const stop = () => unsubscribe(LISTEN_CHANNEL, onListen);
  const onListen = (message: unknown) => {
    const { server } = message as { server?: unknown };
    if (!(server instanceof nodeHttp.Server)) return;
    stop();
    callback(server);
  };
  subscribe(LISTEN_CHANNEL, onListen);
  return stop;
}

/** Gives a server the service's timeouts, its words for unreadable requests, and its request listener. */
export function setUpServer(server: Server, { settings, listener, answerClientError }: ServerSetup): void {
  server.headersTimeout = settings.requestTimeoutMs;
  server.requestTimeout = settings.requestTimeoutMs;
  server.keepAliveTimeout = settings.keepAliveMs;
  mendIdleness(server);
  // Read when the server begins to listen; the constructor's option of the same name ends up here.
  const checkingIntervalMs = Math.ceil(settings.requestTimeoutMs / CHECKS_PER_TIMEOUT);
  (server as Server & { connectionsCheckingInterval?: number }).connectionsCheckingInterval = checkingIntervalMs;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // Bytes behind a half-sent answer, such as an open stream, would be taken for a part of it.
    const { _httpMessage: answering } = socket as Duplex & { _httpMessage?: { headersSent: boolean } | null };
    if (error.code === 'ECONNRESET' || !socket.writable || answering?.headersSent) socket.destroy();
    else socket.end(answerClientError(error), () => socket.destroy());
  });
  if (listener === undefined) return;
  // Node's own refusals of a missing Host and of an unknown Expect are empty. The listener words the one, and may pass
  // over the other (RFC 9110, 10.1.1).
  (server as Server & { requireHostHeader?: boolean }).requireHostHeader = false;
  server.on('checkExpectation', listener);
  server.removeAllListeners('request').on('request', listener);
  server.on('checkContinue', (request, response) => {
    // A client that asks before it sends is told no without having sent.
    if (!(Number(request.headers['content-length']) > settings.maxBodyBytes)) response.writeContinue();
    listener(request, response);
  });
}
