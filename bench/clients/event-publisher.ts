import { Agent, request } from 'node:http';
import type { Publication } from './watcher-messages.js';

/** Posts the same body at a fixed interval, over one connection. */
export function startPublisher(port: number, { path, body, intervalMs }: Publication): void {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const post = () => {
    const outgoing = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers });
    outgoing.on('response', (response) => response.resume());
    outgoing.end(body);
  };
  post();
  setInterval(post, intervalMs);
}
