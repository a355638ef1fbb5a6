/**
 * Holds streams open and counts what comes, on raw sockets and without parsing, so that it is not the client that is
 * measured. Started as a process of its own; told what to do, and asked what came, by messages.
 */
import { connect, type Socket } from 'node:net';
import { startPublisher } from './event-publisher.js';
import type { Burst, WatchOrder, WatchReport } from './watcher-messages.js';

/** Without a byte for so long, a tick has been delivered. */
const QUIET_MS = 300;
const EVENT_MARK = Buffer.from('data:');
const CONNECTING_AT_ONCE = 50;

const sockets: Socket[] = [];
let bursts: Burst[] = [];
let burst: Burst | undefined;
let events = 0;
let bytes = 0;

function take(chunk: Buffer): void {
  const nowMs = performance.now();
  if (burst === undefined || nowMs - burst.lastMs > QUIET_MS) {
    burst = { firstMs: nowMs, lastMs: nowMs };
    bursts.push(burst);
  }
  burst.lastMs = nowMs;
  bytes += chunk.length;
  for (let at = chunk.indexOf(EVENT_MARK); at !== -1; at = chunk.indexOf(EVENT_MARK, at + EVENT_MARK.length)) events++;
}

function open(port: number, path: string, headers: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.on('connect', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n${headers}\r\n`);
      resolve();
    });
    socket.on('data', take).on('error', reject);
    socket.on('close', () => process.exit(0));
  });
}

process.on('message', async (order: WatchOrder) => {
  if (order.do === 'open') {
    for (let from = 0; from < order.count; from += CONNECTING_AT_ONCE) {
      const some = Math.min(CONNECTING_AT_ONCE, order.count - from);
      await Promise.all(Array.from({ length: some }, () => open(order.port, order.path, order.headers ?? '')));
    }
    if (order.publish !== undefined) startPublisher(order.port, order.publish);
  } else if (order.do === 'begin') {
    bursts = [];
    burst = undefined;
    events = 0;
    bytes = 0;
  }
  const report: WatchReport = {
    bursts,
    events,
    bytes,
    open: sockets.filter(({ readyState }) => readyState === 'open').length,
  };
  process.send!(report);
});
process.on('disconnect', () => process.exit(0));
