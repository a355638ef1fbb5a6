import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import type { HandoverAccess } from '../../auth/handover-access.js';
import { HANDOVER_TYPE } from '../../replication/handover/lines.js';
import type { HandoverSource } from '../../replication/handover/source.js';
import { acceptsGzip } from '../accept-encoding.js';
import { answerError } from '../answer.js';
import type { Handler } from '../context.js';

const HEADERS = ['Vary', 'Accept-Encoding', 'Content-Type', HANDOVER_TYPE, 'Cache-Control', 'no-store'] as const;
/** The fastest level. Each line is sent at once. */
const GZIP = { level: 1, flush: constants.Z_SYNC_FLUSH };

/**
 * `GET /v1/handover`: the state of all visitors, for the process that replaces this one. With `follow`, the heartbeats and
 * leaves that this process takes from then on follow. With `only=history` it has the counts of the last hour only.
 */
export function createHandoverHandler(source: HandoverSource, access: HandoverAccess): Handler {
  return async (context) => {
    const { request, response } = context;
    const allowed = await access.check(request.headers.authorization);
    if (!allowed.ok) return answerError(context, allowed.error);
    if (request.socket.destroyed) return;
    const isCompressed = acceptsGzip(request.headers['accept-encoding']);
    const headers = [...context.cors.headers, ...HEADERS, ...(isCompressed ? ['Content-Encoding', 'gzip'] : [])];
    if (context.isStopping()) headers.push('Connection', 'close');
    response.writeHead(200, headers);
    if (request.method === 'HEAD') return void response.end();
    const query = new URLSearchParams(context.query);
    const isHistoryOnly = query.get('only') === 'history';
    const { lines, end } = source.handOver({ follows: query.has('follow'), isHistoryOnly });
    // The lines may wait for the next heartbeat, so they do not notice by themselves.
    response.on('close', end);
    const body = Readable.from(lines, { objectMode: false });
    const sent = isCompressed ? pipeline(body, createGzip(GZIP), response) : pipeline(body, response);
    // It rejects when the other process has closed the connection, which it may.
    await sent.catch(() => {});
  };
}
