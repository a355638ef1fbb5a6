import { clientAddress } from '../../limits/client-address.js';
import type { StreamsPerAddress } from '../../limits/streams-per-address.js';
import { readRoom } from '../../protocol/query.js';
import type { Clock } from '../../runtime/clock.js';
import type { FeedKind, Feeds } from '../../streams/feeds.js';
import type { Hub } from '../../streams/hub.js';
import { acceptsGzip } from '../accept-encoding.js';
import { answerError } from '../answer.js';
import { closeWithConnection } from '../close-with-connection.js';
import type { Handler } from '../context.js';
import { retryAfter } from '../retry-after.js';

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

/** `no-transform` and `X-Accel-Buffering` stop proxies from buffering events. */
const STREAM_HEADERS = [
  'Content-Type',
  'text/event-stream',
  'Cache-Control',
  'no-cache, no-transform',
  'X-Accel-Buffering',
  'no',
] as const;

/** Answers with an event stream of one kind, for the room that the query names. HEAD gets the headers only. */
export function createStreamHandler(dependencies: StreamDependencies, kind: FeedKind): Handler {
  const { hub, feeds, random, clock, perAddress, trustedHops, gzip } = dependencies;
  return (context) => {
    const { request, response } = context;
    // A client may disconnect while its token is verified. `close` was emitted then, and is not emitted again, so a place
    // that is taken now would never be given back.
    if (request.socket.destroyed) return;
    if (hub.isFull) return answerError(context, 'too_many_streams', retryAfter(random));
    const room = readRoom(context.query);
    if (!room.ok) return answerError(context, room.error);
    const feed = feeds.get(kind, room.value);
    // Before the headers are sent, so that a failure still becomes an error answer.
    const initialFrame = feed.initialFrame(singleHeader(request.headers['last-event-id']));
    const compressed = gzip && acceptsGzip(request.headers['accept-encoding']);
    const encoding = compressed ? ['Content-Encoding', 'gzip'] : [];
    const vary = gzip ? ['Vary', 'Accept-Encoding'] : [];
    const headers = [...context.cors.headers, ...vary, ...STREAM_HEADERS, ...encoding];
    if (request.method === 'HEAD') return void response.writeHead(200, headers).end();
    const address = clientAddress(request.headers['x-forwarded-for'], request.socket.remoteAddress, trustedHops);
    if (!perAddress.acquire(address)) return answerError(context, 'too_many_streams_here', retryAfter(random));
    closeWithConnection(request, response);
    response.once('close', () => perAddress.release(address));
    response.writeHead(200, headers);
    const maxAgeMs = (context.access?.expiresAtMs ?? Number.POSITIVE_INFINITY) - clock.wallMs();
    hub.open(feed, initialFrame, response, { gzip: compressed, maxAgeMs });
  };
}

const singleHeader = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
