import { extent, linearRegression, median } from 'simple-statistics';

/** Minimum and maximum, as text. */
export function spread(values: readonly number[], digits = 0): string {
  const [min, max] = extent(values);
  return `${min.toFixed(digits)} to ${max.toFixed(digits)}`;
}

/** Median, minimum and maximum, as text. */
export const summary = (values: readonly number[], digits = 0): string =>
  `${median(values).toFixed(digits)} (${spread(values, digits)})`;

/**
 * Divides the values of one subject by those of another, round by round. What disturbs a round disturbs both subjects, so
 * that the ratio varies less than the values.
 */
export const ratios = (values: readonly number[], divisors: readonly number[]): number[] =>
  values.map((value, index) => value / divisors[index]!);

/** The slope of the line that fits the points best (least squares). */
export const slope = (points: readonly (readonly [x: number, y: number])[]): number =>
  linearRegression(points.map(([x, y]) => [x, y])).m;
