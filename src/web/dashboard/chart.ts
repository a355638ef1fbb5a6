import uPlot from 'uplot';
import { find, setText } from './dom.js';

/** What `/v1/history` answers. */
export interface History {
  readonly interval: number;
  readonly since: number;
  readonly complete_from: number;
  readonly ts: readonly number[];
  readonly online_total: readonly number[];
  readonly active_total: readonly number[];
}

const HEIGHT_PX = 180;
const SPAN_SECONDS = 3600;
/** Where nothing is known within so long, there is nothing to read. */
const NEAR_SECONDS = 60;

/** The counts of the last hour: starts from the history, and moves with the totals. */
export class Chart {
  readonly #element: HTMLElement;
  #plot: uPlot | undefined;
  #ts: number[] = [];
  #online: number[] = [];
  #active: number[] = [];
  #interval = 10;
  /** Points from here on are of the page's own and not of the history. */
  #lastSampleTs = 0;

  constructor(element: HTMLElement) {
    this.#element = element;
    new ResizeObserver(() => this.#plot?.setSize({ width: element.clientWidth, height: HEIGHT_PX })).observe(element);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
  }

  /** Starts afresh. */
  restore(history: History): void {
    this.#interval = history.interval;
    this.#ts = [...history.ts];
    this.#online = [...history.online_total];
    this.#active = [...history.active_total];
    this.#lastSampleTs = this.#ts.at(-1) ?? 0;
    this.#draw();
  }

  /** Moves the last point, or adds one when the last is old enough to stay. */
  push(ts: number, online: number, active: number): void {
    // The plot needs its points in order.
    if (ts < (this.#ts.at(-1) ?? 0)) return;
    const isMoving = (this.#ts.at(-1) ?? 0) > this.#lastSampleTs;
    if (isMoving) for (const list of [this.#ts, this.#online, this.#active]) list.pop();
    if (ts - this.#lastSampleTs >= this.#interval) this.#lastSampleTs = ts;
    this.#ts.push(ts);
    this.#online.push(online);
    this.#active.push(active);
    const gone = this.#ts.findIndex((each) => each >= ts - SPAN_SECONDS);
    if (gone > 0) for (const list of [this.#ts, this.#online, this.#active]) list.splice(0, gone);
    if (this.#plot === undefined) this.#draw();
    else if (!document.hidden) this.#plot.setData(this.#data());
    this.#element.setAttribute('aria-label', `Visitors over the last hour; now ${online} online, ${active} active`);
  }

  /** Tells in the legend what the chart shows under the pointer. */
  #read(index: number | null | undefined): void {
    const isThere = index !== null && index !== undefined;
    setText(find('chart-time'), isThere ? clock(this.#ts[index]!) : '');
    setText(find('chart-online'), isThere ? `online ${count.format(this.#online[index]!)}` : 'online');
    setText(find('chart-active'), isThere ? `active ${count.format(this.#active[index]!)}` : 'active');
  }

  #data(): uPlot.AlignedData {
    return [this.#ts, this.#online, this.#active];
  }

  #draw(): void {
    this.#plot?.destroy();
    const color = (name: string) => getComputedStyle(this.#element).getPropertyValue(name).trim();
    const axis = { stroke: color('--muted'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false } };
    const options: uPlot.Options = {
      width: this.#element.clientWidth,
      height: HEIGHT_PX,
      cursor: {
        y: false,
        // It would choose a span to look at closer, which the next point takes back.
        drag: { x: false },
        dataIdx: (plot, _series, closest, ts) =>
          Math.abs((plot.data[0][closest] ?? 0) - ts) <= NEAR_SECONDS ? closest : null,
      },
      hooks: { setCursor: [(plot) => this.#read(plot.cursor.idxs?.[1])] },
      legend: { show: false },
      padding: [8, 32, 0, 0],
      scales: {
        x: { range: (_plot, _least, latest) => [latest - SPAN_SECONDS, latest] },
        y: { range: (_plot, _least, most) => [0, Math.max(5, Math.ceil(most * 1.1))] },
      },
      axes: [
        { ...axis, size: 28, gap: 8, space: 96, values: (_plot, ticks) => ticks.map(clock) },
        { ...axis, size: 52, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000] },
      ],
      series: [
        {},
        { label: 'online', stroke: color('--accent'), width: 2, fill: color('--fresh'), points: { show: false } },
        { label: 'active', stroke: color('--active'), width: 2, points: { show: false } },
      ],
    };
    this.#plot = new uPlot(options, this.#data(), this.#element);
  }
}

const count = new Intl.NumberFormat();
const format = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const clock = (unixSeconds: number): string => format.format(unixSeconds * 1000);
