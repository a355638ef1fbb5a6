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

interface Sample {
  readonly ts: number;
  readonly totals: Totals;
}

/** The totals of the last hour, of the site and of every room that has members. */
export class History {
  readonly #settings: HistorySettings;
  #completeFromMs: number;
  #samplesByRoom = new Map<string | undefined, Sample[]>();

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
    const maxSamples = Math.ceil(this.#settings.spanMs / this.#settings.intervalMs);
    const kept = new Map<string | undefined, Sample[]>();
    for (const [room, totals] of totalsByRoom) {
      const samples = this.#samplesByRoom.get(room) ?? [];
      samples.push({ ts, totals });
      if (samples.length > maxSamples) samples.shift();
      kept.set(room, samples);
    }
    this.#samplesByRoom = kept;
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
}
