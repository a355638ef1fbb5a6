import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Chunk } from './chunk.js';

/** The part of a response that an outlet uses. */
export type Sink = Pick<
  ServerResponse,
  'write' | 'end' | 'destroy' | 'on' | 'writableEnded' | 'destroyed' | 'chunkedEncoding' | 'socket'
>;

/**
 * The way to a watcher's connection. After the first, chunks bypass the response and go to its socket, framed beforehand and
 * once for all watchers: the response would frame each chunk again and write it in three pieces, a quarter of the cost of an
 * event. Where answers are not chunked, as with HTTP/1.0, everything goes through the response.
 */
export class Outlet {
  readonly #sink: Sink;
  readonly #onDrain: () => void;
  /** The socket to write to directly; undefined to go through the response. */
  #socket: Socket | undefined | 'unknown' = 'unknown';
  #hasBegun = false;

  /** @param onDrain called when the client has caught up after a `write` that returned false */
  constructor(sink: Sink, onDrain: () => void) {
    this.#sink = sink;
    this.#onDrain = onDrain;
    sink.on('drain', onDrain);
  }

  /** False once the answer has ended or the connection has closed. */
  get isOpen(): boolean {
    return !this.#sink.writableEnded && !this.#sink.destroyed;
  }

  /** Writes bytes. @returns false when the client has not read all earlier bytes */
  write(chunk: Chunk): boolean {
    if (this.#hasBegun && this.#socket === 'unknown') this.#socket = this.#findSocket();
    this.#hasBegun = true;
    const socket = this.#socket;
    return socket === undefined || socket === 'unknown' ? this.#sink.write(chunk.bytes) : socket.write(chunk.framed);
  }

  /** Ends the answer with some last bytes. */
  end(bytes: Buffer): void {
    this.#sink.end(bytes);
  }

  /** Closes the connection at once. */
  destroy(): void {
    this.#sink.destroy();
  }

  #findSocket(): Socket | undefined {
    const { chunkedEncoding, socket } = this.#sink;
    // A response that is queued behind another one of the same connection has no socket yet.
    if (!chunkedEncoding || !socket) return undefined;
    socket.on('drain', this.#onDrain);
    // The connection may carry other answers after this one.
    this.#sink.on('close', () => socket.off('drain', this.#onDrain));
    return socket;
  }
}
