import type { Point } from './chart-points.js';
import { byId, setText } from './dom.js';
import { formatCount, formatTime } from './format.js';

const DISTANCE_PX = 12;

/** The values of one point, in a box beside it. */
export class ChartReading {
  readonly #box = byId('reading');

  /** @param leftPx where the point is in the chart, whose width is `widthPx` */
  show({ ts, online, active }: Point, leftPx: number, widthPx: number): void {
    setText(byId('reading-time'), formatTime(ts));
    setText(byId('reading-online'), `${formatCount(online)} online`);
    setText(byId('reading-active'), `${formatCount(active)} active`);
    setText(byId('reading-idle'), `${formatCount(online - active)} idle`);
    this.#box.hidden = false;
    // On the side where there is room.
    const ownPx = this.#box.offsetWidth;
    const isLeft = leftPx + DISTANCE_PX + ownPx > widthPx;
    const wanted = isLeft ? leftPx - DISTANCE_PX - ownPx : leftPx + DISTANCE_PX;
    this.#box.style.left = `${Math.round(Math.max(0, wanted))}px`;
  }

  hide(): void {
    this.#box.hidden = true;
  }
}

/** A point in one sentence, for screen readers. */
export const describePoint = ({ ts, online, active }: Point): string =>
  `${formatTime(ts)}: ${formatCount(online)} online, ${formatCount(active)} active, ${formatCount(online - active)} idle`;
