import { clientAddress } from '../../limits/client-address.js';
import { readRoom } from '../../protocol/query.js';
import type { Clock } from '../../runtime/clock.js';
import type { FeedKind, Feeds } from '../../streams/feeds.js';
import type { Hub } from '../../streams/hub.js';
import { acceptsGzip } from '../accept-encoding.js';
import { answerError, answerOk } from '../answer.js';
import { readJsonBody } from '../body.js';
import { closeWithConnection } from '../close-with-connection.js';
import type { Handler } from '../context.js';

/** What opening a stream needs. */
export interface StreamDependencies {
  readonly hub: Hub;
  readonly feeds: Feeds;
  readonly clock: Clock;
  readonly trustedHops: number;
  /** Whether clients that accept gzip get it. */
  readonly gzip: boolean;
}

/** `no-transform` and `X-Accel-Buffering` stop proxies from buffering events. */
const STREAM_HEADERS = [
  'Content-Type',
  'text/event-stream; charset=utf-8',
  'Cache-Control',
  'no-cache, no-transform',
  'X-Accel-Buffering',
  'no',
] as const;

/**
 * Answers with an event stream of one kind, for the room that the query names. HEAD gets the headers only. A stream that
 * cannot be served now ends at once with a time to reconnect, and never with an error: see `Hub.defer`.
 */
export function createStreamHandler(dependencies: StreamDependencies, kind: FeedKind): Handler {
  const { hub, feeds, clock, trustedHops, gzip } = dependencies;
  return (context) => {
    const { request, response } = context;
    // A client may disconnect while its token is verified. `close` was emitted then, and is not emitted again, so a place
    // that is taken now would never be given back.
    if (request.socket.destroyed) return;
    const room = readRoom(context.query);
    if (!room.ok) return answerError(context, room.error);
    const isHead = request.method === 'HEAD';
    const address = clientAddress(request.headers['x-forwarded-for'], request.socket.remoteAddress, trustedHops);
    const isServed = isHead || hub.canServe(address);
    const compressed = isServed && gzip && acceptsGzip(request.headers['accept-encoding']);
    const encoding = compressed ? ['Content-Encoding', 'gzip'] : [];
    const vary = gzip ? ['Vary', 'Accept-Encoding'] : [];
    const headers = [...context.cors.headers, ...vary, ...STREAM_HEADERS, ...encoding];
    if (isHead) return void response.writeHead(200, headers).end();
    if (!isServed) return hub.defer(response.writeHead(200, headers));
    const feed = feeds.get(kind, room.value);
    // Before the headers are sent, so that a failure still becomes an error answer.
    const initialFrame = feed.initialFrame(singleHeader(request.headers['last-event-id']));
    closeWithConnection(request, response);
    response.writeHead(200, headers);
    const maxAgeMs = (context.access?.expiresAtMs ?? Number.POSITIVE_INFINITY) - clock.wallMs();
    // Only our own pages send the id back, and the events of the other streams are part of the stable contract.
    const announcesId = kind === 'changes';
    hub.open(feed, initialFrame, response, { address, gzip: compressed, maxAgeMs, announcesId });
  };
}

/** `POST /v1/unwatch {"stream"}`: ends a stream whose client has left. The id is proof enough: only its client knows it. */
export function createUnwatchHandler(hub: Hub, maxBodyBytes: number): Handler {
  return async (context) => {
    const body = await readJsonBody(context.request, maxBodyBytes);
    if (!body.ok) return answerError(context, body.error);
    const { stream } = body.value;
    if (typeof stream !== 'string' || stream === '') return answerError(context, 'stream_missing');
    hub.unwatch(stream);
    return answerOk(context);
  };
}

const singleHeader = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
