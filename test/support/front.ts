import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

/** A front as Cloud Run has one: it sends each new request to the current process, and leaves open ones where they are. */
export interface Front {
  readonly url: string;
  /** Where new requests go. A request waits while there is nobody. */
  target: string | undefined;
  /** How many requests of a process are open. */
  openRequests(target: string): number;
  /** Called with each part of an answer. */
  onPart: (path: string) => void;
}

const RETRY_MS = 20;

export async function startFront(t: ExecutionContext): Promise<Front> {
  const open = new Map<string, number>();
  const count = (target: string, by: number) => open.set(target, (open.get(target) ?? 0) + by);
  const agent = new Agent({ keepAlive: true });
  const front = { url: '', target: undefined as string | undefined, onPart: (_path: string) => {} };

  function pass(incoming: IncomingMessage, response: ServerResponse, body: Buffer): void {
    if (response.socket === null || response.socket.destroyed) return;
    const { target } = front;
    const later = () => void setTimeout(() => pass(incoming, response, body), RETRY_MS);
    if (target === undefined) return later();
    const { method, headers } = incoming;
    const outgoing = request(target + incoming.url, { method, headers, agent });
    count(target, 1);
    const cancel = () => void outgoing.destroy();
    response.on('close', cancel);
    outgoing.on('close', () => {
      count(target, -1);
      response.off('close', cancel);
    });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.on('data', () => front.onPart(incoming.url!));
      answer.pipe(response);
      answer.on('error', () => response.destroy());
      answer.on('close', () => answer.complete || response.destroy());
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      if (response.headersSent) response.destroy();
      else if (error.code === 'ECONNREFUSED' || outgoing.reusedSocket) later();
      else response.writeHead(503).end();
    });
    outgoing.end(body);
  }

  const server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part) => parts.push(part));
    incoming.on('end', () => pass(incoming, response, Buffer.concat(parts)));
  });
  // Longer than any test, so that clients never use a connection that is being closed.
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  front.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.teardown(() => {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(front, { openRequests: (target: string) => open.get(target) ?? 0 });
}
