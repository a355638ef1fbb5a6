import { clientAddress } from '../../limits/client-address.js';
import type { StreamsPerAddress } from '../../limits/streams-per-address.js';
import { readRoom } from '../../protocol/query.js';
import type { Clock } from '../../runtime/clock.js';
import type { FeedKind, Feeds } from '../../streams/feeds.js';
import type { Hub } from '../../streams/hub.js';
import { closeWithConnection } from '../close-with-connection.js';
import { answerError } from '../context.js';
import { retryAfter } from '../retry-after.js';
import type { Handler } from '../router.js';

/** What opening a stream needs. */
export interface StreamDependencies {
  readonly hub: Hub;
  readonly feeds: Feeds;
  readonly random: () => number;
  readonly clock: Clock;
  readonly perAddress: StreamsPerAddress;
  readonly trustedHops: number;
  /** Whether clients that accept gzip get it. */
  readonly gzip: boolean;
}

/** `no-transform` and `X-Accel-Buffering` keep proxies from holding events back. */
const STREAM_HEADERS = [
  'Content-Type',
  'text/event-stream',
  'Cache-Control',
  'no-cache, no-transform',
  'X-Accel-Buffering',
  'no',
] as const;

/** Answers with an event stream of one kind, for the room that the query names. HEAD gets the headers alone. */
export function createStreamHandler(dependencies: StreamDependencies, kind: FeedKind): Handler {
  const { hub, feeds, random, clock, perAddress, trustedHops, gzip } = dependencies;
  return (context) => {
    const { request, response } = context;
    // Who went while a token was verified has closed already, and will not do so again to give its place back.
    if (request.socket.destroyed) return;
    if (hub.isFull) return answerError(context, 'too_many_streams', retryAfter(random));
    const room = readRoom(context.query);
    if (!room.ok) return answerError(context, room.error);
    const feed = feeds.get(kind, room.value);
    // Before the headers, so that if it fails, the client is told.
    const first = feed.initialFrame(singleHeader(request.headers['last-event-id']));
    const compressed = gzip && acceptsGzip(request.headers['accept-encoding']);
    const encoding = compressed ? ['Content-Encoding', 'gzip'] : [];
    const vary = gzip ? ['Vary', 'Accept-Encoding'] : [];
    const headers = [...context.cors.headers, ...vary, ...STREAM_HEADERS, ...encoding];
    if (request.method === 'HEAD') return void response.writeHead(200, headers).end();
    const address = clientAddress(request.headers['x-forwarded-for'], request.socket.remoteAddress, trustedHops);
    if (!perAddress.enter(address)) return answerError(context, 'too_many_streams_here', retryAfter(random));
    closeWithConnection(request, response);
    response.once('close', () => perAddress.leave(address));
    response.writeHead(200, headers);
    const longestMs = (context.access?.expiresAtMs ?? Number.POSITIVE_INFINITY) - clock.wallMs();
    hub.open(feed, first, response, { gzip: compressed, longestMs });
  };
}

const singleHeader = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** Whether an Accept-Encoding header names gzip with a weight above 0 (RFC 9110, 12.5.3). */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  return String(header ?? '')
    .split(',')
    .some((part) => {
      const [name, ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
      return name === 'gzip' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    });
}
