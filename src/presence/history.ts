import type { HistoryAnswer } from '../protocol/messages.js';
import type { Totals } from './types.js';

/** What is kept, and from when on. */
export interface HistorySettings {
  /** Time between two samples. */
  readonly intervalMs: number;
  /** How far back samples are kept. */
  readonly spanMs: number;
  /** The wall clock's time when the service began to listen. */
  readonly startedMs: number;
  readonly onlineWindowMs: number;
}

interface Sample {
  readonly ts: number;
  readonly totals: Totals;
}

/** How many were online over the last hour, on the site and in every room that has somebody in it. */
export class History {
  readonly #settings: HistorySettings;
  #completeFromMs: number;
  #samplesByRoom = new Map<string | undefined, Sample[]>();

  constructor(settings: HistorySettings) {
    this.#settings = settings;
    this.#completeFromMs = settings.startedMs + settings.onlineWindowMs;
  }

  /** Says that everybody will have been heard of by a time of the wall clock, if that is earlier than was thought. */
  completeFrom(wallMs: number): void {
    this.#completeFromMs = Math.min(this.#completeFromMs, Math.max(wallMs, this.#settings.startedMs));
  }

  /**
   * Takes one sample of every place.
   *
   * @param totalsByRoom the site's under `undefined`; the history of a room that is not among them is forgotten
   */
  sample(totalsByRoom: Iterable<readonly [room: string | undefined, totals: Totals]>, wallMs: number): void {
    const ts = Math.floor(wallMs / 1000);
    const most = Math.ceil(this.#settings.spanMs / this.#settings.intervalMs);
    const kept = new Map<string | undefined, Sample[]>();
    for (const [room, totals] of totalsByRoom) {
      const samples = this.#samplesByRoom.get(room) ?? [];
      samples.push({ ts, totals });
      if (samples.length > most) samples.shift();
      kept.set(room, samples);
    }
    this.#samplesByRoom = kept;
  }

  /** What is known of a room, or of the site. Empty lists for a room nobody is in. */
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
