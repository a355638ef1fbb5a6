import type { View, ViewRequest, VisitorStatus } from '../../protocol/messages.js';
import { safely } from '../client/safely.js';
import { sharedViewOf } from '../client/shared-view.js';
import { fetchView } from './fetch-view.js';
import { LiveRoom } from './live-room.js';
import { SharedStream } from './shared-stream.js';
import { GATHER_MS, Source } from './source.js';
import { hasVisitorTag, ownIntervalMs, tokenOf } from './tag.js';
import { keyOf, type Place, type RoomAnswer, SITE, type Want, Wanted } from './wanted.js';

/** A stream that has been silent for so long, while the totals have changed, has failed unnoticed. */
const SILENT_MS = 10_000;

/** What all elements of a page share: one source, and one stream. */
export class Page {
  readonly #service: string;
  readonly #wanted = new Wanted();
  readonly #renders = new Set<() => void>();
  readonly #live = new LiveRoom();
  readonly #stream = new SharedStream(this.#live, () => this.#render());
  readonly #source: Source;
  #liveKey: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #streamTimer: ReturnType<typeof setTimeout> | undefined;
  #isRendering = false;
  #isLeft = false;

  /** @param service the service's address, with a slash at the end */
  constructor(service: string) {
    this.#service = service;
    const shared = sharedViewOf(service);
    this.#source = new Source(this.#wanted, {
      schedule: (delayMs) => this.#schedule(delayMs),
      nowMs: () => performance.now(),
      random: Math.random,
      isHidden: () => this.#isHidden(),
      carrier: () => shared.carrier,
      isCarrierExpected: hasVisitorTag,
      hasToken: () => tokenOf() !== undefined,
      fetchView: (request) => fetchView(service, request, tokenOf()),
      intervalMs: ownIntervalMs,
      onAnswer: (request, view) => this.#onAnswer(request, view),
      warn: (message) => console.warn(`Presence ${message}`),
    });
    shared.asker = this.#source;
    const follow = () => safely(() => this.#followVisibility());
    document.addEventListener('visibilitychange', follow);
    for (const type of ['pagehide', 'pageshow']) {
      addEventListener(type, () => {
        this.#isLeft = type === 'pagehide';
        follow();
      });
    }
  }

  /**
   * Adds what an element shows.
   *
   * @param render called when there may be something new
   * @returns a function that removes it
   */
  add(want: Want, render: () => void): () => void {
    const remove = this.#wanted.add(want);
    this.#renders.add(render);
    this.#change();
    return () => {
      remove();
      this.#renders.delete(render);
      this.#change();
    };
  }

  /** What is known of a room, with at most so many members. Undefined while nothing is. */
  room(place: Place, maxMembers: number): RoomAnswer | undefined {
    const key = keyOf(place, this.#source.here);
    const totals = key === this.#liveKey ? this.#live.totals : undefined;
    if (totals) return { totals, members: this.#live.members(maxMembers) };
    const answer = this.#wanted.room(key, this.#source.shownSinceMs);
    return answer && { totals: answer.totals, members: answer.members?.slice(0, maxMembers) };
  }

  /** What is known of a visitor. Undefined while nothing is. */
  visitor(uid: string): VisitorStatus | undefined {
    const answer = this.#wanted.visitor(uid, this.#source.shownSinceMs);
    if (this.#liveKey !== SITE || !this.#live.totals) return answer;
    const status = this.#live.statusOf(uid);
    if (status) return { uid, status };
    return answer?.status === 'offline' ? answer : { uid, status: 'offline' };
  }

  #isHidden(): boolean {
    return document.hidden || this.#isLeft;
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => safely(() => this.#source.wake()), delayMs);
  }

  #change(): void {
    this.#source.change();
    this.#streamTimer ??= setTimeout(() => {
      this.#streamTimer = undefined;
      safely(() => this.#followStream());
    }, GATHER_MS);
  }

  #followVisibility(): void {
    this.#source.followVisibility();
    this.#followStream();
  }

  #followStream(): void {
    this.#liveKey = this.#isHidden() ? undefined : this.#wanted.liveKey(this.#source.here);
    const query = new URLSearchParams();
    if (this.#liveKey) query.set('room', this.#liveKey);
    const token = tokenOf();
    if (token) query.set('token', token);
    const name = `presence ${this.#service} ${this.#liveKey}`;
    const url = this.#liveKey === undefined ? undefined : `${this.#service}sse/changes?${query}`;
    this.#stream.follow(this.#service, name, url);
  }

  #onAnswer(request: ViewRequest | undefined, view: View | undefined): void {
    // The heartbeats may have moved to another room.
    this.#followStream();
    if (request && view) this.#checkStream(request, view);
    this.#render();
  }

  /** The browser takes minutes to notice a connection that died without being closed. */
  #checkStream({ room }: ViewRequest, { totals }: View): void {
    const live = this.#live.totals;
    if (!live || !totals || String(room ?? SITE) !== this.#liveKey) return;
    const isSame = live.online_total === totals.online_total && live.active_total === totals.active_total;
    if (!isSame && performance.now() - this.#stream.lastMs > SILENT_MS) this.#stream.reopen();
  }

  /** Lets all elements show what is new, once per frame. */
  #render(): void {
    if (this.#isRendering) return;
    this.#isRendering = true;
    requestAnimationFrame(() => {
      this.#isRendering = false;
      for (const render of this.#renders) render();
    });
  }
}
