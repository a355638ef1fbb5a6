import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { fail, ok, type Result } from '../../src/protocol/result.js';
import type { NetworkProblem } from './findings.js';
import { OpenStream } from './open-stream.js';

/** How long the doctor waits. */
export interface Patience {
  /** For an answer, or the head of a stream. */
  readonly answerMs: number;
  /** For events that should be there at once. */
  readonly eventMs: number;
  /** How long it reads a stream whose events should come one by one. */
  readonly watchMs: number;
  /** Until the service should have noticed that a stream is closed. */
  readonly closeMs: number;
  /** For everything together. What is not known by then counts as a timeout. */
  readonly totalMs: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** From the request to the end of the answer. */
  readonly ms: number;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | '';
  /** Whether to prove the right to watch. Default: no. */
  readonly asWatcher?: boolean;
}

const MAX_BODY_BYTES = 1_000_000;
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/;

/** The service that is examined, as clients reach it. Errors of the network are values. */
export class Target {
  readonly url: URL;
  readonly patience: Patience;
  readonly #token: string | undefined;
  readonly #agent: HttpAgent;
  readonly #streams = new Set<OpenStream>();

  /** @param token the watch secret or a token signed with it */
  constructor(url: URL, token: string | undefined, patience: Patience) {
    this.url = url;
    this.patience = patience;
    this.#token = token;
    this.#agent = url.protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  }

  get hasToken(): boolean {
    return this.#token !== undefined;
  }

  /** Sends a request and reads the answer, over connections that are used again. */
  async ask(
    path: string,
    { method, headers = {}, body, asWatcher = false }: Ask = {},
  ): Promise<Result<Answer, NetworkProblem>> {
    const startMs = performance.now();
    const sent = body === undefined || body === '' ? body : JSON.stringify(body);
    const head = await this.#send(path, method ?? (sent === undefined ? 'GET' : 'POST'), headers, sent, asWatcher);
    if (!head.ok) return head;
    const response = head.value;
    const parts: Buffer[] = [];
    let length = 0;
    const timer = setTimeout(() => response.destroy(), this.patience.answerMs);
    try {
      for await (const part of response as AsyncIterable<Buffer>) {
        length += part.length;
        if (length <= MAX_BODY_BYTES) parts.push(part);
        else break;
      }
    } catch {
      return fail('cut off');
    } finally {
      clearTimeout(timer);
    }
    const text = Buffer.concat(parts).toString();
    return ok({ status: response.statusCode!, headers: response.headers, text, ms: performance.now() - startMs });
  }

  /** Opens an event stream over a connection of its own, as a browser does: it accepts gzip. */
  async open(path: string): Promise<Result<OpenStream, NetworkProblem>> {
    const startMs = performance.now();
    const headers = { accept: 'text/event-stream', 'accept-encoding': 'gzip' };
    const head = await this.#send(path, 'GET', headers, undefined, true, false);
    if (!head.ok) return head;
    const stream = new OpenStream(head.value, startMs);
    this.#streams.add(stream);
    return ok(stream);
  }

  /** Closes a stream, and gives its place back in case the service does not notice that, as a page does. */
  async leave(stream: OpenStream): Promise<void> {
    stream.close();
    const id = stream.events.find(({ event }) => event === 'stream')?.data.stream;
    if (typeof id === 'string') await this.ask('/v1/unwatch', { body: { stream: id } });
  }

  /** Closes all that is open. */
  close(): void {
    for (const stream of this.#streams) stream.close();
    this.#agent.destroy();
  }

  #send(
    path: string,
    method: string,
    headers: Readonly<Record<string, string>>,
    body: string | undefined,
    asWatcher: boolean,
    agent: HttpAgent | false = this.#agent,
  ): Promise<Result<IncomingMessage, NetworkProblem>> {
    const credentials = asWatcher && this.#token !== undefined ? { authorization: `Bearer ${this.#token}` } : {};
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const url = new URL(this.url.href.replace(/\/*$/, path));
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise((resolve) => {
      const outgoing = request(url, { method, headers: { ...headers, ...length, ...credentials }, agent });
      const timer = setTimeout(() => {
        resolve(fail('timeout'));
        outgoing.destroy();
      }, this.patience.answerMs);
      outgoing.on('response', (response) => {
        clearTimeout(timer);
        resolve(ok(response));
      });
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        resolve(fail(problemOf(error)));
      });
      outgoing.end(body);
    });
  }
}

function problemOf({ code = '' }: NodeJS.ErrnoException): NetworkProblem {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unknown host';
  if (code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'refused';
  if (code === 'ETIMEDOUT') return 'timeout';
  return CERTIFICATE.test(code) ? 'certificate' : 'cut off';
}
