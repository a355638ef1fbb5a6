/**
 * Opens event streams and counts what arrives. It uses raw sockets and does not parse, so that the measured cost is the
 * server's and not the client's. Runs in a process of its own and is controlled by messages.
 */
import { connect, type Socket } from 'node:net';
import { JsonClient } from '../support/json-client.js';
import type { Burst, Publication, WatcherReport, WatcherRequest } from './watcher-messages.js';

/** A tick counts as delivered when no byte has arrived for this long. */
const QUIET_MS = 300;
const EVENT_MARK = Buffer.from('data:');
const MAX_PENDING_CONNECTIONS = 50;

const sockets: Socket[] = [];
let bursts: Burst[] = [];
let burst: Burst | undefined;
let events = 0;
let bytes = 0;

function count(chunk: Buffer): void {
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
    socket.on('data', count).on('error', reject);
    socket.on('close', () => process.exit(0));
  });
}

function startPublishing(port: number, { path, event, intervalMs }: Publication): void {
  const client = new JsonClient(1);
  const publish = () => void client.post(`http://127.0.0.1:${port}${path}`, event);
  publish();
  setInterval(publish, intervalMs);
}

process.on('message', async (request: WatcherRequest) => {
  if (request.type === 'open') {
    for (let opened = 0; opened < request.count; opened += MAX_PENDING_CONNECTIONS) {
      const batch = Math.min(MAX_PENDING_CONNECTIONS, request.count - opened);
      await Promise.all(Array.from({ length: batch }, () => open(request.port, request.path, request.headers ?? '')));
    }
    if (request.publish !== undefined) startPublishing(request.port, request.publish);
  } else if (request.type === 'reset') {
    bursts = [];
    burst = undefined;
    events = 0;
    bytes = 0;
  }
  const openStreams = sockets.filter(({ readyState }) => readyState === 'open').length;
  const report: WatcherReport = { bursts, events, bytes, openStreams };
  process.send!(report);
});
process.on('disconnect', () => process.exit(0));
