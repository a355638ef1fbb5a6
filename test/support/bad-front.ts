import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

/** What a front does wrong. */
export interface Faults {
  /** Headers of requests that do not reach the service. */
  readonly removes?: readonly string[];
  /** Paths that the front answers itself, with a 404 page. */
  readonly answers?: readonly string[];
  /** Whether the service does not notice when a client disconnects. */
  readonly hidesCloses?: boolean;
  /** For how long parts of a stream are gathered. */
  readonly gathersMs?: number;
  /** Whether connections are accepted, and nothing is answered from then on. */
  readonly isSilent?: (path: string) => boolean;
}

/** A front that shares requests among processes in turn, one for each connection, and has faults. Closed after the test. */
export async function startBadFront(t: ExecutionContext, targets: readonly string[], faults: Faults): Promise<string> {
  const { removes = [], answers = [], hidesCloses = false, gathersMs = 0, isSilent = () => false } = faults;
  let turn = 0;

  function pass(incoming: IncomingMessage, response: ServerResponse): void {
    const path = incoming.url!.replace(/\?.*/, '');
    if (isSilent(path)) return;
    if (answers.includes(path)) return void response.writeHead(404, { 'Content-Type': 'text/html' }).end('Not found');
    const { method } = incoming;
    const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !removes.includes(name)));
    const onward = request(targets[turn++ % targets.length]! + incoming.url, { method, headers, agent: false });
    incoming.pipe(onward);
    onward.on('error', () => response.destroy());
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      const isGathered = gathersMs > 0 && path.startsWith('/sse/');
      if (!isGathered) response.flushHeaders();
      const parts: Buffer[] = [];
      const release = () => void (parts.length > 0 && response.write(Buffer.concat(parts.splice(0))));
      const timer = isGathered ? setInterval(release, gathersMs) : undefined;
      answer.on('data', (part: Buffer) => {
        parts.push(part);
        if (timer === undefined) release();
      });
      answer.on('close', () => {
        clearInterval(timer);
        release();
        response.end();
      });
      answer.on('error', () => response.destroy());
    });
    if (hidesCloses) t.teardown(() => onward.destroy());
    else response.on('close', () => onward.destroy());
  }

  const server = createServer(pass);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
