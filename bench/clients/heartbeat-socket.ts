import { connect, type Socket } from 'node:net';

const STATUS_LINE = 'HTTP/1.1 ';
const STATUS_LENGTH = STATUS_LINE.length + 3;

/** One connection that sends heartbeats without waiting for answers (pipelining), and reads no more than status lines. */
export class HeartbeatSocket {
  readonly #socket: Socket;
  readonly #onAnswer: (tookMs: number, isOk: boolean) => void;
  readonly #sentMs: number[] = [];
  #rest = '';

  /** @param onAnswer receives the time from sending to the answer, and whether the answer is 200 */
  constructor(port: number, onAnswer: (tookMs: number, isOk: boolean) => void) {
    this.#onAnswer = onAnswer;
    this.#socket = connect(port, '127.0.0.1').setNoDelay();
    this.#socket.setEncoding('latin1').on('data', (text: string) => this.#read(text));
    this.#socket.on('error', () => this.#socket.destroy());
  }

  send(body: string): void {
    this.#sentMs.push(performance.now());
    const headers = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}`;
    this.#socket.write(`POST /v1/hit HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n\r\n${body}`);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    const nowMs = performance.now();
    const all = this.#rest + text;
    let end = 0;
    for (let at = all.indexOf(STATUS_LINE); at !== -1; at = all.indexOf(STATUS_LINE, end)) {
      if (at + STATUS_LENGTH > all.length) break;
      end = at + STATUS_LENGTH;
      this.#onAnswer(nowMs - this.#sentMs.shift()!, all.startsWith('200', at + STATUS_LINE.length));
    }
    // A status line may be split between two chunks.
    this.#rest = all.slice(Math.max(end, all.length - STATUS_LENGTH + 1));
  }
}
