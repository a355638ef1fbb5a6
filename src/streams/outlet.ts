import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Chunk } from './chunk.js';

/** What an outlet needs of a response. */
export type Sink = Pick<
  ServerResponse,
  'write' | 'end' | 'destroy' | 'on' | 'writableEnded' | 'destroyed' | 'chunkedEncoding' | 'socket'
>;

/**
 * Where a watcher's bytes go. After the first, chunks go past the response to its socket, framed beforehand and once for
 * all watchers: framing by the response, and the three pieces that it hands on for each chunk, are a quarter of what an
 * event costs. Where answers are not chunked, as for HTTP/1.0, everything goes through the response.
 */
export class Outlet {
  readonly #sink: Sink;
  readonly #onDrain: () => void;
  /** The way past the response, once it is known whether there is one. */
  #socket: Socket | undefined | 'unknown' = 'unknown';
  #hasBegun = false;

  /** @param onDrain called when the client has caught up after a `write` that gave back false */
  constructor(sink: Sink, onDrain: () => void) {
    this.#sink = sink;
    this.#onDrain = onDrain;
    sink.on('drain', onDrain);
  }

  /** False once the answer has ended or the connection has closed. */
  get isOpen(): boolean {
    return !this.#sink.writableEnded && !this.#sink.destroyed;
  }

  /** Hands over bytes. @returns false when the client has not taken all of those before */
  write(chunk: Chunk): boolean {
    if (this.#hasBegun && this.#socket === 'unknown') this.#socket = this.#findSocket();
    this.#hasBegun = true;
    const socket = this.#socket;
    return socket === undefined || socket === 'unknown' ? this.#sink.write(chunk.bytes) : socket.write(chunk.framed);
  }

  /** Ends the answer after some last bytes. */
  end(bytes: Buffer): void {
    this.#sink.end(bytes);
  }

  /** Drops the connection. */
  destroy(): void {
    this.#sink.destroy();
  }

  #findSocket(): Socket | undefined {
    const { chunkedEncoding, socket } = this.#sink;
    // A response that waits for the one before it on the same connection has no socket yet.
    if (!chunkedEncoding || !socket) return undefined;
    socket.on('drain', this.#onDrain);
    // The connection may serve others after this answer.
    this.#sink.on('close', () => socket.off('drain', this.#onDrain));
    return socket;
  }
}
