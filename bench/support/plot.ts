/** A line of a plot. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** What a plot shows. Both axes are logarithmic: what grows in proportion is a line as steep as the plot's diagonals. */
export interface Plot {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  readonly lines: readonly Line[];
}

const WIDTH = 720;
const HEIGHT = 420;
const FRAME = { left: 70, right: 240, top: 40, bottom: 50 };
// Told apart by colour-blind people too (Okabe and Ito).
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#000000'];
const POWERS: Record<number, string> = { 3: 'k', 6: 'M', 9: 'G' };

/** An axis whose powers of ten are as far from each other as fits. */
interface Axis {
  readonly powers: readonly number[];
  readonly at: (value: number) => number;
}

/** Draws lines as an SVG file. */
export function drawPlot({ title, xName, yName, lines }: Plot): string {
  const points = lines.flatMap((line) => line.points);
  const x = createAxis(
    points.map(([value]) => value),
    FRAME.left,
    WIDTH - FRAME.right,
  );
  const y = createAxis(
    points.map(([, value]) => value),
    HEIGHT - FRAME.bottom,
    FRAME.top,
  );
  const [right, bottom] = [WIDTH - FRAME.right, HEIGHT - FRAME.bottom];
  const parts = [
    text(FRAME.left, 22, title, 'font-weight="bold" font-size="14"'),
    ...x.powers.map((power) => gridLine(x.at(10 ** power), FRAME.top, x.at(10 ** power), bottom)),
    ...y.powers.map((power) => gridLine(FRAME.left, y.at(10 ** power), right, y.at(10 ** power))),
    ...x.powers.map((power) => text(x.at(10 ** power), bottom + 18, short(power), 'text-anchor="middle"')),
    ...y.powers.map((power) => text(FRAME.left - 8, y.at(10 ** power) + 4, short(power), 'text-anchor="end"')),
    text((FRAME.left + right) / 2, HEIGHT - 10, xName, 'text-anchor="middle"'),
    text(
      18,
      (FRAME.top + bottom) / 2,
      yName,
      `text-anchor="middle" transform="rotate(-90 18 ${(FRAME.top + bottom) / 2})"`,
    ),
    ...lines.map((line, index) => drawLine(line, COLOURS[index % COLOURS.length]!, x, y)),
    ...lines.map(({ name }, index) =>
      drawKey(name, COLOURS[index % COLOURS.length]!, right + 16, FRAME.top + 12 + 22 * index),
    ),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#222">
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}

function createAxis(values: readonly number[], from: number, to: number): Axis {
  const least = Math.floor(Math.log10(Math.min(...values)));
  const most = Math.max(least + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    powers: Array.from({ length: most - least + 1 }, (_, index) => least + index),
    at: (value) => round(from + ((Math.log10(value) - least) / (most - least)) * (to - from)),
  };
}

function drawLine({ points }: Line, colour: string, x: Axis, y: Axis): string {
  const places = points.map(([across, up]) => [x.at(across), y.at(up)] as const);
  const path = `<polyline points="${places.map((place) => place.join(',')).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`;
  return path + places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}"/>`).join('');
}

const drawKey = (name: string, colour: string, x: number, y: number): string =>
  gridLine(x, y, x + 18, y, colour, 2) + text(x + 24, y + 4, name);

const gridLine = (x1: number, y1: number, x2: number, y2: number, colour = '#ddd', width = 1): string =>
  `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" stroke-width="${width}"/>`;

const text = (x: number, y: number, words: string, attributes = ''): string =>
  `<text x="${round(x)}" y="${round(y)}" ${attributes}>${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;

const round = (value: number): number => Math.round(value * 10) / 10;

/** A power of ten as people write it: 10k, 1M, 0.1. */
function short(power: number): string {
  const thousands = 3 * Math.floor(power / 3);
  const sign = POWERS[thousands];
  return sign === undefined ? String(10 ** power) : `${10 ** (power - thousands)}${sign}`;
}
