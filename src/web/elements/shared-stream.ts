import type { ChangeEvent, SnapshotEvent } from '../../protocol/messages.js';
import { safely } from '../client/safely.js';
import type { LiveRoom } from './live-room.js';
import { ChangeStream } from './stream.js';

/** What the tabs of a browser send each other. */
type Message =
  | { readonly type: 'hello' }
  | { readonly type: 'lost' }
  | { readonly type: 'snapshot'; readonly event: SnapshotEvent }
  | { readonly type: 'change'; readonly event: ChangeEvent };

/**
 * A stream of changes that all tabs of the browser share: the tab that holds a lock has the stream, and passes on what
 * arrives. Over HTTP/1.1 a browser has six connections to a service for all its tabs. Where locks or channels are missing,
 * as on pages over plain HTTP, each tab has a stream of its own.
 */
export class SharedStream {
  readonly #room: LiveRoom;
  readonly #onChange: () => void;
  #channel: BroadcastChannel | undefined;
  #stream: ChangeStream | undefined;
  #release: () => void = () => {};
  #url: string | undefined;
  /** The service has refused this address. */
  #refusedUrl: string | undefined;
  #lastMs = 0;

  /** @param onChange called when the room has changed */
  constructor(room: LiveRoom, onChange: () => void) {
    this.#room = room;
    this.#onChange = onChange;
  }

  /** When the stream last sent something, by `performance.now()`. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /**
   * Follows one stream in place of any other; undefined follows none.
   *
   * @param service the service's address, with a slash at the end
   * @param name the same for all tabs that may share the stream
   */
  follow(service: string, name: string, url: string | undefined): void {
    if (url === this.#url) return;
    this.stop();
    if (url === undefined || url === this.#refusedUrl) return;
    this.#url = url;
    this.#open(name);
    const lead = () => this.#lead(service, url);
    if (this.#channel === undefined) return lead();
    const abort = new AbortController();
    const released = new Promise<void>((resolve) => {
      this.#release = () => {
        abort.abort();
        resolve();
      };
    });
    const hold = () => {
      lead();
      return released;
    };
    navigator.locks.request(name, { signal: abort.signal }, hold).catch(() => {});
    this.#send({ type: 'hello' });
  }

  /** Leaves the stream to another tab. */
  stop(): void {
    this.#url = undefined;
    this.#stream?.close();
    this.#stream = undefined;
    this.#release();
    this.#channel?.close();
    this.#channel = undefined;
    if (this.#room.totals === undefined) return;
    this.#room.clear();
    this.#onChange();
  }

  /** Opens the stream anew, as it has missed something. Does nothing in a tab that does not have it. */
  reopen(): void {
    this.#lastMs = performance.now();
    this.#stream?.reopen();
  }

  #open(name: string): void {
    safely(() => {
      if (!('locks' in navigator && 'BroadcastChannel' in window)) return;
      this.#channel = new BroadcastChannel(name);
      this.#channel.onmessage = ({ data }) => this.#receive(data as Message);
    });
  }

  #lead(service: string, url: string): void {
    // Released before it was granted.
    if (url !== this.#url) return;
    const share = (message: Message) => {
      this.#receive(message);
      this.#send(message);
    };
    this.#stream = new ChangeStream(service, url, {
      onSnapshot: (event) => share({ type: 'snapshot', event }),
      onChange: (event) => share({ type: 'change', event }),
      onLost: () => share({ type: 'lost' }),
      onRefused: () => {
        this.#refusedUrl = url;
        this.stop();
      },
    });
  }

  #receive(message: Message): void {
    this.#lastMs = performance.now();
    if (message.type === 'hello') {
      const event = this.#stream && this.#room.snapshot();
      if (event) this.#send({ type: 'snapshot', event });
      return;
    }
    if (message.type === 'snapshot') this.#room.restore(message.event);
    else if (message.type === 'change') this.#room.apply(message.event);
    else this.#room.clear();
    this.#onChange();
  }

  #send(message: Message): void {
    this.#channel?.postMessage(message);
  }
}
