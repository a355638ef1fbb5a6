import type { HistoryAnswer, TotalsEvent } from '../../protocol/messages.js';

export const MAX_SPAN_SECONDS = 3600;
const MIN_SPAN_SECONDS = 300;

/** The counts at a time, in Unix seconds. */
export interface Point {
  readonly ts: number;
  readonly online: number;
  readonly active: number;
}

/** What is known of the last hour: the service's history, continued with the totals. In order of time. */
export class ChartPoints {
  #ts: number[] = [];
  #online: number[] = [];
  #active: number[] = [];
  #intervalSeconds = 10;
  /** The time of the last point that stays. A point after it is replaced by the next totals. */
  #lastSampleTs = 0;
  #latest: TotalsEvent | undefined;

  get size(): number {
    return this.#ts.length;
  }

  /** Times, online and active, each with as many values as there are points. */
  get columns(): [number[], number[], number[]] {
    return [this.#ts, this.#online, this.#active];
  }

  at(index: number): Point | undefined {
    const ts = this.#ts[index];
    return ts === undefined ? undefined : { ts, online: this.#online[index]!, active: this.#active[index]! };
  }

  /** The index of the point that is nearest to a time; -1 without points. */
  nearest(ts: number): number {
    let best = this.#ts.length - 1;
    for (const [index, each] of this.#ts.entries()) {
      if (Math.abs(each - ts) < Math.abs(this.#ts[best]! - ts)) best = index;
    }
    return best;
  }

  /** Replaces all points by the history. The latest totals stay where they are newer. */
  restore(history: HistoryAnswer): void {
    this.#intervalSeconds = history.interval;
    this.#ts = [...history.ts];
    this.#online = [...history.online_total];
    this.#active = [...history.active_total];
    this.#lastSampleTs = this.#ts.at(-1) ?? 0;
    if (this.#latest !== undefined) this.push(this.#latest);
  }

  /** The next history is of another room, so the latest totals do not belong to it. */
  forgetLatest(): void {
    this.#latest = undefined;
  }

  /** Replaces the last point, or adds one when the last is an interval old. Totals older than the last point are ignored. */
  push(totals: TotalsEvent): void {
    const { ts, online_total: online, active_total: active } = totals;
    const latestTs = this.#ts.at(-1) ?? 0;
    if (ts < latestTs) return;
    this.#latest = totals;
    if (latestTs > this.#lastSampleTs) for (const column of this.columns) column.pop();
    if (ts - this.#lastSampleTs >= this.#intervalSeconds) this.#lastSampleTs = ts;
    this.#ts.push(ts);
    this.#online.push(online);
    this.#active.push(active);
    const expired = this.#ts.findIndex((each) => each >= ts - MAX_SPAN_SECONDS);
    for (const column of this.columns) column.splice(0, expired);
  }

  /**
   * The span of the time axis: what is known, at least five minutes and at most an hour, up to the latest point.
   *
   * @param nowSeconds the end of the span when there is no point
   */
  span(nowSeconds: number): [fromSeconds: number, toSeconds: number] {
    const end = this.#ts.at(-1) ?? nowSeconds;
    const start = this.#ts[0] ?? nowSeconds;
    return [Math.max(end - MAX_SPAN_SECONDS, Math.min(start, end - MIN_SPAN_SECONDS)), end];
  }
}
