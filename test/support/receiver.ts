import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import { Webhook } from 'standardwebhooks';
import { document } from './openapi/document.js';
import { problemOf } from './openapi/validate.js';
import { WebhookFold, type WebhookMessage } from './webhook-fold.js';

/** The secret of receivers in tests. */
export const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** A request as it arrived, whatever it was answered. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
  readonly message: WebhookMessage;
}

/** How a receiver answers a request that it has read and verified. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A receiver of webhooks. It verifies each request, and folds those that it answers with 204. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Messages that it answered with 204. */
  readonly accepted: WebhookMessage[];
  readonly fold: WebhookFold;
  /** Requests whose signature or body was wrong. */
  readonly problems: unknown[];
  /** The most requests that were open at once. */
  mostOpen: number;
  /** Instead of 204. */
  answer: Answer | undefined;
  /** The variables that make a service send to it. */
  environment(more?: Record<string, string>): Record<string, string>;
}

/** Starts a receiver on a port of its own. Closed after the test, which fails if a request was not signed well. */
export async function startReceiver(t: ExecutionContext, port = 0): Promise<Receiver> {
  const verifier = new Webhook(WEBHOOK_SECRET);
  let open = 0;
  const server = createServer((request, response) => {
    receiver.mostOpen = Math.max(receiver.mostOpen, ++open);
    response.on('close', () => open--);
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      try {
        const message = verifier.verify(body, request.headers as Record<string, string>) as WebhookMessage;
        const problem = problemOf(document.components.schemas.WebhookMessage!, message);
        if (problem !== undefined) throw new Error(`docs/openapi.yaml does not describe the message: ${problem}`);
        receiver.received.push({ headers: request.headers, bytes: body.length, message });
        if (receiver.answer !== undefined) return receiver.answer(response, request);
        receiver.accepted.push(message);
        receiver.fold.take(message);
        return response.writeHead(204).end();
      } catch (error) {
        receiver.problems.push(error);
        return response.writeHead(400).end();
      }
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=secret-of-the-receiver`;
  const receiver: Receiver = {
    url,
    received: [],
    accepted: [],
    fold: new WebhookFold(),
    problems: [],
    mostOpen: 0,
    answer: undefined,
    environment: (more = {}) => ({ WEBHOOK_URL: url, WEBHOOK_SECRET, ...more }),
  };
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
    if (receiver.problems.length > 0) throw receiver.problems[0];
  });
  return receiver;
}
