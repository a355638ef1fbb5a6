import type { HistoryAnswer } from '../protocol/messages.js';
import type { Totals } from './types.js';

/** How often samples are taken, and how long they are kept. */
export interface HistorySettings {
  /** Time between two calls of `sample`. */
  readonly intervalMs: number;
  /** Samples older than this are dropped. */
  readonly spanMs: number;
  /** When the service started, by the wall clock. */
  readonly startedMs: number;
  /** After this time, every online visitor has sent a heartbeat. */
  readonly onlineWindowMs: number;
}

/** The totals at one time. */
export interface HistorySample {
  /** In whole Unix seconds. */
  readonly ts: number;
  readonly totals: Totals;
}

/** The samples of a room, or of the whole site when `room` is undefined, oldest first. */
export interface HistoryOfRoom {
  readonly room: string | undefined;
  readonly samples: readonly HistorySample[];
}

/** The totals of the last hour, of the site and of every room that has members. */
export class History {
  readonly #settings: HistorySettings;
  #completeFromMs: number;
  #samplesByRoom = new Map<string | undefined, HistorySample[]>();

  constructor(settings: HistorySettings) {
    this.#settings = settings;
    this.#completeFromMs = settings.startedMs + settings.onlineWindowMs;
  }

  /** Sets `complete_from` to a time of the wall clock, if that is earlier than the present one. */
  completeFrom(wallMs: number): void {
    this.#completeFromMs = Math.min(this.#completeFromMs, Math.max(wallMs, this.#settings.startedMs));
  }

  /**
   * Takes one sample.
   *
   * @param totalsByRoom with the site under `undefined`; the history of a room that is missing is dropped
   */
  sample(totalsByRoom: Iterable<readonly [room: string | undefined, totals: Totals]>, wallMs: number): void {
    const ts = Math.floor(wallMs / 1000);
    const kept = new Map<string | undefined, HistorySample[]>();
    for (const [room, totals] of totalsByRoom) {
      const samples = this.#samplesByRoom.get(room) ?? [];
      samples.push({ ts, totals });
      if (samples.length > this.#maxSamples) samples.shift();
      kept.set(room, samples);
    }
    this.#samplesByRoom = kept;
  }

  /** The histories of the whole site, and of the rooms with the most visitors, `maxRooms` at most. */
  entries(maxRooms: number): HistoryOfRoom[] {
    const online = ({ samples }: HistoryOfRoom) => samples.at(-1)!.totals.online;
    const all = Array.from(this.#samplesByRoom, ([room, samples]): HistoryOfRoom => ({ room, samples }));
    const rooms = all.filter(({ room }) => room !== undefined).sort((a, b) => online(b) - online(a));
    return [...all.filter(({ room }) => room === undefined), ...rooms.slice(0, maxRooms)];
  }

  /** Puts the samples of an earlier process before those of this one. Samples that are out of order or too old are left out. */
  restore({ room, samples }: HistoryOfRoom, wallMs: number): void {
    const own = this.#samplesByRoom.get(room) ?? [];
    const { spanMs } = this.#settings;
    const beforeTs = own[0]?.ts ?? Math.floor(wallMs / 1000) + 1;
    const restored: HistorySample[] = [];
    for (const sample of samples) {
      const isInOrder = sample.ts > (restored.at(-1)?.ts ?? Math.floor((wallMs - spanMs) / 1000));
      if (isInOrder && sample.ts < beforeTs) restored.push(sample);
    }
    const all = [...restored, ...own].slice(-this.#maxSamples);
    if (all.length > 0) this.#samplesByRoom.set(room, all);
  }

  /** The history of a room, or of the whole site when `room` is undefined. Empty lists for an empty room. */
  read(room?: string): HistoryAnswer {
    const samples = this.#samplesByRoom.get(room) ?? [];
    const { intervalMs, startedMs } = this.#settings;
    return {
      interval: intervalMs / 1000,
      since: Math.floor(startedMs / 1000),
      complete_from: Math.ceil(this.#completeFromMs / 1000),
      ts: samples.map(({ ts }) => ts),
      online_total: samples.map(({ totals }) => totals.online),
      active_total: samples.map(({ totals }) => totals.active),
      idle_total: samples.map(({ totals }) => totals.idle),
    };
  }

  get #maxSamples(): number {
    return Math.ceil(this.#settings.spanMs / this.#settings.intervalMs);
  }
}
