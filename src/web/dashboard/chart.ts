import uPlot from 'uplot';
import type { HistoryAnswer, TotalsEvent } from '../../protocol/messages.js';
import { ChartPoints } from './chart-points.js';
import { ChartReading, describePoint } from './chart-reading.js';
import { byId, setText } from './dom.js';
import { formatDuration, formatMinute, nameTimeZone } from './format.js';

const HEIGHT_PX = 180;
/** Nothing is read out where the nearest point is farther from the pointer. */
const MAX_DISTANCE_SECONDS = 60;
const PAGE_POINTS = 10;
/** Of the time axis, whose labels have no seconds. */
const TIME_STEPS_SECONDS = [60, 120, 300, 600, 900, 1800, 3600];

/** The width of the axis with the counts, which is as narrow as its longest label allows. */
const widthOf = (_plot: uPlot, labels: readonly string[] | null): number =>
  16 + 7 * Math.max(2, ...(labels ?? []).map((label) => label.length));

/**
 * The counts of the last hour, as far as they are known. The pointer reads out a point, and so do the arrow keys: for
 * screen readers the chart is a slider through time.
 */
export class Chart {
  readonly #element: HTMLElement;
  readonly #points = new ChartPoints();
  readonly #reading = new ChartReading();
  #plot: uPlot | undefined;
  /** The time that the keyboard has selected. Undefined: the latest, whatever it is. */
  #selectedTs: number | undefined;

  constructor(element: HTMLElement) {
    this.#element = element;
    new ResizeObserver(() => this.#plot?.setSize({ width: element.clientWidth, height: HEIGHT_PX })).observe(element);
    for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)'])
      matchMedia(query).addEventListener('change', () => this.#draw());
    element.addEventListener('keydown', (event) => this.#onKey(event));
    element.addEventListener('blur', () => this.#select(undefined));
    setText(byId('chart-zone'), `Times in ${nameTimeZone()}`);
  }

  /** Replaces all points by the history. */
  restore(history: HistoryAnswer): void {
    this.#points.restore(history);
    this.#draw();
    this.#describe();
  }

  /** Prepares for the history of another room. */
  changeRoom(): void {
    this.#points.forgetLatest();
  }

  /** Continues with the totals. */
  push(totals: TotalsEvent): void {
    this.#points.push(totals);
    if (this.#plot === undefined) this.#draw();
    else if (!document.hidden) this.#plot.setData(this.#points.columns);
    this.#describe();
  }

  #onKey(event: KeyboardEvent): void {
    const last = this.#points.size - 1;
    const index = this.#selectedTs === undefined ? last : this.#points.nearest(this.#selectedTs);
    const targets: Record<string, number> = {
      ArrowLeft: index - 1,
      ArrowDown: index - 1,
      ArrowRight: index + 1,
      ArrowUp: index + 1,
      PageDown: index - PAGE_POINTS,
      PageUp: index + PAGE_POINTS,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (event.key === 'Escape') this.#select(undefined);
    else if (target !== undefined && last >= 0) this.#select(this.#points.at(Math.max(0, Math.min(last, target)))?.ts);
    else return;
    event.preventDefault();
  }

  #select(ts: number | undefined): void {
    this.#selectedTs = ts;
    if (ts === undefined) this.#plot?.setCursor({ left: -10, top: -10 });
    this.#describe();
  }

  /** Says for screen readers what the chart shows, and moves the box to the point that the keyboard has selected. */
  #describe(): void {
    const last = this.#points.size - 1;
    const [from, to] = this.#points.span(Date.now() / 1000);
    const title = `The last ${to - from > 3540 ? 'hour' : formatDuration(Math.max(300, to - from))}`;
    setText(byId('chart-title'), title.replace(' min', ' minutes'));
    const index = this.#selectedTs === undefined ? last : this.#points.nearest(this.#selectedTs);
    const point = this.#points.at(index);
    if (point === undefined) return;
    const values = { valuemax: last, valuenow: index, valuetext: describePoint(point) };
    for (const [name, value] of Object.entries(values)) this.#element.setAttribute(`aria-${name}`, String(value));
    if (this.#selectedTs !== undefined) this.#plot?.setCursor({ left: this.#plot.valToPos(point.ts, 'x'), top: 0 });
  }

  #showReading(plot: uPlot): void {
    const point = this.#points.at(plot.cursor.idxs?.[1] ?? -1);
    if (point === undefined || (plot.cursor.left ?? -1) < 0) return this.#reading.hide();
    const leftPx = plot.valToPos(point.ts, 'x') + plot.over.offsetLeft;
    this.#reading.show(point, leftPx, this.#element.clientWidth);
  }

  #draw(): void {
    this.#plot?.destroy();
    const color = (name: string) => getComputedStyle(this.#element).getPropertyValue(name).trim();
    const axis = { stroke: color('--muted'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false } };
    // A line needs two points.
    const points = { show: () => this.#points.size === 1, size: 7 };
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
      hooks: { setCursor: [(plot) => this.#showReading(plot)] },
      legend: { show: false },
      padding: [8, 32, 0, 0],
      scales: {
        x: { range: () => this.#points.span(Date.now() / 1000) },
        y: { range: (_plot, _min, max) => [0, Math.max(5, Math.ceil(max * 1.1))] },
      },
      axes: [
        {
          ...{ ...axis, size: 28, gap: 8, space: 72, incrs: TIME_STEPS_SECONDS },
          values: (_plot, ticks) => ticks.map(formatMinute),
        },
        { ...axis, size: widthOf, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000] },
      ],
      series: [
        {},
        { label: 'online', stroke: color('--accent'), width: 2, points },
        { label: 'active', stroke: color('--active'), width: 2, fill: color('--active-area'), points },
      ],
      // Between online and active are the idle ones.
      bands: [{ series: [1, 2], fill: color('--idle-area') }],
    };
    this.#plot = new uPlot(options, this.#points.columns, this.#element);
  }
}
