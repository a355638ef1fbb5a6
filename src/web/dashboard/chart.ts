import uPlot from 'uplot';
import type { HistoryAnswer } from '../../protocol/messages.js';
import { byId, setText } from './dom.js';
import { formatCount, formatMinute } from './format.js';

const HEIGHT_PX = 180;
const SPAN_SECONDS = 3600;
/** The legend shows no value where the nearest point is farther from the pointer. */
const MAX_DISTANCE_SECONDS = 60;

const lastHour = (endSeconds: number): [number, number] => [endSeconds - SPAN_SECONDS, endSeconds];

/** The counts of the last hour. Starts with the service's history and continues with the totals. */
export class Chart {
  readonly #element: HTMLElement;
  #plot: uPlot | undefined;
  #ts: number[] = [];
  #online: number[] = [];
  #active: number[] = [];
  #intervalSeconds = 10;
  /** The time of the last point that stays. A point after it is replaced by the next totals. */
  #lastSampleTs = 0;

  constructor(element: HTMLElement) {
    this.#element = element;
    new ResizeObserver(() => this.#plot?.setSize({ width: element.clientWidth, height: HEIGHT_PX })).observe(element);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
  }

  /** Replaces all points by the history. */
  restore(history: HistoryAnswer): void {
    this.#intervalSeconds = history.interval;
    this.#ts = [...history.ts];
    this.#online = [...history.online_total];
    this.#active = [...history.active_total];
    this.#lastSampleTs = this.#ts.at(-1) ?? 0;
    this.#draw();
  }

  /** Replaces the last point, or adds one when the last is an interval old. */
  push(ts: number, online: number, active: number): void {
    const columns = [this.#ts, this.#online, this.#active];
    const latestTs = this.#ts.at(-1) ?? 0;
    // uPlot needs points in order.
    if (ts < latestTs) return;
    if (latestTs > this.#lastSampleTs) for (const column of columns) column.pop();
    if (ts - this.#lastSampleTs >= this.#intervalSeconds) this.#lastSampleTs = ts;
    this.#ts.push(ts);
    this.#online.push(online);
    this.#active.push(active);
    const expired = this.#ts.findIndex((each) => each >= ts - SPAN_SECONDS);
    for (const column of columns) column.splice(0, expired);
    if (this.#plot === undefined) this.#draw();
    else if (!document.hidden) this.#plot.setData(this.#data());
    this.#element.setAttribute('aria-label', `Visitors over the last hour; now ${online} online, ${active} active`);
  }

  /** Shows the values under the pointer in the legend. */
  #showLegend(index: number | null | undefined): void {
    const hasPoint = index !== null && index !== undefined;
    setText(byId('chart-time'), hasPoint ? formatMinute(this.#ts[index]!) : '');
    setText(byId('chart-online'), hasPoint ? `online ${formatCount(this.#online[index]!)}` : 'online');
    setText(byId('chart-active'), hasPoint ? `active ${formatCount(this.#active[index]!)}` : 'active');
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
        // Dragging would zoom in, and the next point would reset the zoom.
        drag: { x: false },
        dataIdx: (plot, _series, closest, ts) =>
          Math.abs((plot.data[0][closest] ?? 0) - ts) <= MAX_DISTANCE_SECONDS ? closest : null,
      },
      hooks: { setCursor: [(plot) => this.#showLegend(plot.cursor.idxs?.[1])] },
      legend: { show: false },
      padding: [8, 32, 0, 0],
      scales: {
        // Without points, uPlot has no maximum.
        x: { range: (_plot, _min, max: number | null) => lastHour(max ?? Date.now() / 1000) },
        y: { range: (_plot, _min, max) => [0, Math.max(5, Math.ceil(max * 1.1))] },
      },
      axes: [
        { ...axis, size: 28, gap: 8, space: 96, values: (_plot, ticks) => ticks.map(formatMinute) },
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
