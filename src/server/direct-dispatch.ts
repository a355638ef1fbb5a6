/**
 * Direct dispatch. The Functions Framework starts an HTTP server whose Express stack parses up to 1 GiB of body before the
 * function runs, answers broken JSON with a page of HTML, and costs over ten times the CPU of the request itself. So when
 * that server starts to listen, before its first request, its request listener is replaced by the function.
 *
 * Nothing of the framework is patched. Node publishes every server that starts to listen on a diagnostics channel, and the
 * rest is the public interface of `http.Server`. Without that message, the function is called through Express, and works.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type RequestListener, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpSettings } from '../config/settings.js';
import { correctIdleConnections } from './idle-connections.js';

const LISTEN_CHANNEL = 'tracing:net.server.listen:asyncStart';
/** How often Node checks for clients that send too slowly, per request timeout. Its default is every 30 s. */
const CHECKS_PER_TIMEOUT = 4;

/** How to set up a server. */
export interface ServerSetup {
  readonly settings: HttpSettings;
  /** Replaces the server's request listeners; undefined keeps them. */
  readonly listener: RequestListener | undefined;
  /** The whole answer, as text for the socket, to a client whose request cannot be parsed. */
  readonly answerClientError: (error: NodeJS.ErrnoException) => string;
}

/**
 * Calls back once, with the next HTTP server of this process that starts to listen, before its first request.
 *
 * @returns a function that stops waiting
 */
export function onNextServer(callback: (server: Server) => void): () => void {
  const stop = () => unsubscribe(LISTEN_CHANNEL, onListen);
  const onListen = (message: unknown) => {
    const { server } = message as { server?: unknown };
    if (!(server instanceof Server)) return;
    stop();
    callback(server);
  };
  subscribe(LISTEN_CHANNEL, onListen);
  return stop;
}

/** Sets the timeouts, the answer to requests that cannot be parsed, and the request listener of a server. */
export function setUpServer(server: Server, { settings, listener, answerClientError }: ServerSetup): void {
  server.headersTimeout = settings.requestTimeoutMs;
  server.requestTimeout = settings.requestTimeoutMs;
  server.keepAliveTimeout = settings.keepAliveMs;
  correctIdleConnections(server);
  // Node reads it when the server starts to listen. It is where the constructor's option of the same name is stored.
  const checkingIntervalMs = Math.ceil(settings.requestTimeoutMs / CHECKS_PER_TIMEOUT);
  (server as Server & { connectionsCheckingInterval?: number }).connectionsCheckingInterval = checkingIntervalMs;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // After a half-sent answer, such as an open stream, the client would take these bytes for a part of it.
    const { _httpMessage: current } = socket as Duplex & { _httpMessage?: { headersSent: boolean } | null };
    if (error.code === 'ECONNRESET' || !socket.writable || current?.headersSent) socket.destroy();
    else socket.end(answerClientError(error), () => socket.destroy());
  });
  if (listener === undefined) return;
  // Node's own answers to a missing Host and to an unknown Expect have no body. The router answers the former in JSON; the
  // latter may be ignored (RFC 9110, 10.1.1).
  (server as Server & { requireHostHeader?: boolean }).requireHostHeader = false;
  server.on('checkExpectation', listener);
  server.removeAllListeners('request').on('request', listener);
  server.on('checkContinue', (request, response) => {
    // A client that asks first need not send a body that is too large.
    if (!(Number(request.headers['content-length']) > settings.maxBodyBytes)) response.writeContinue();
    listener(request, response);
  });
}
