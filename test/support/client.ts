import { once } from 'node:events';
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import type { ExecutionContext } from 'ava';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { assertDocumented, eventProblem } from './openapi/check.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body read as JSON, of the type that the document gives it. Throws when it is not JSON. */
  json<Body = Record<string, unknown>>(): Body;
}

/** One request over a connection of its own. Rejects when docs/openapi.yaml does not describe the answer. */
export async function send(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Answer> {
  const { method = options.body === undefined ? 'GET' : 'POST', headers = {}, body } = options;
  const outgoing = request(url, { method, headers, agent: false });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  let text = '';
  for await (const part of response) text += part;
  const answer = { status: response.statusCode!, headers: response.headers, text };
  const requestText = typeof body === 'string' ? body : undefined;
  assertDocumented({ method, target: outgoing.path, requestText, ...answer });
  return { ...answer, json: () => JSON.parse(text) };
}

/** A heartbeat. */
export const hit = (url: string, body: object): Promise<Answer> =>
  send(`${url}/v1/hit`, { body: JSON.stringify(body) });

/** Sends bytes as they are and gives back all that comes until the other side closes. */
export async function sendRaw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('latin1');
  socket.on('error', () => {});
  let text = '';
  socket.on('data', (part) => {
    text += part;
  });
  socket.write(bytes);
  await once(socket, 'close');
  return text;
}

/** An open event stream, read with a parser that follows the EventSource standard. */
export class Stream {
  readonly response: IncomingMessage;
  readonly events: EventSourceMessage[] = [];
  readonly comments: string[] = [];
  readonly retries: number[] = [];
  /** The id that `POST /v1/unwatch` takes, once the stream has sent it. */
  id: string | undefined;
  /** Resolves when the stream has ended: true when it ended as a whole one, false when it was cut. */
  readonly ended: Promise<boolean>;
  readonly #request: ClientRequest;
  /** The first difference from docs/openapi.yaml. */
  #problem: string | undefined;
  #taken = 0;
  #wake: () => void = () => {};

  constructor(request: ClientRequest, response: IncomingMessage) {
    this.#request = request;
    this.response = response;
    const parser = createParser({
      onEvent: (event) => {
        this.#problem ??= eventProblem(request.path, event);
        if (event.event === 'stream') {
          this.id = JSON.parse(event.data).stream;
          return;
        }
        this.events.push(event);
        this.#wake();
      },
      onComment: (comment) => this.comments.push(comment),
      onRetry: (retryMs) => this.retries.push(retryMs),
    });
    response.setEncoding('utf8').on('data', (part) => parser.feed(part));
    response.on('error', () => {});
    this.ended = new Promise((resolve) => response.on('close', () => resolve(response.complete)));
  }

  /** The next event that has not been taken yet, read as JSON. Waits for it. */
  async next<Event = Record<string, unknown>>(): Promise<Event> {
    while (this.#taken >= this.events.length) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.assertDocumented();
    return JSON.parse(this.events[this.#taken++]!.data);
  }

  /** Throws when an event so far was not as docs/openapi.yaml describes it. */
  assertDocumented(): void {
    if (this.#problem !== undefined) throw new Error(this.#problem);
  }

  close(): void {
    this.#request.destroy();
  }
}

/** Opens an event stream. Closed after the test, which fails when docs/openapi.yaml does not describe what it received. */
export async function openStream(
  t: ExecutionContext,
  url: string,
  headers: Record<string, string> = {},
): Promise<Stream> {
  const outgoing = request(url, { headers: { accept: 'text/event-stream', ...headers }, agent: false });
  outgoing.end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  assertDocumented({
    method: 'GET',
    target: outgoing.path,
    status: response.statusCode!,
    headers: response.headers,
  });
  const stream = new Stream(outgoing, response);
  t.teardown(() => {
    stream.close();
    stream.assertDocumented();
  });
  return stream;
}
