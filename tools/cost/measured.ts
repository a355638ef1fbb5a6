/** What was measured, in the units of the model. */
export interface Measured {
  readonly cpuMicrosecondsPerHeartbeat: number;
  /** Of a heartbeat that asks for the totals and five members of its room. */
  readonly cpuMicrosecondsPerHeartbeatWithView: number;
  /** Of a watcher of `/sse/changes`, gzip, with `STREAM_VISITORS` visitors. */
  readonly cpuMillisecondsPerWatcherHour: number;
  readonly mibPerWatcherHour: number;
  readonly residentBytesPerVisitor: number;
  readonly redisBytesPerVisitor: number;
}

/** How many visitors the measured streams have, and how many changes each of these causes per minute. */
export const STREAM_VISITORS = 1000;
export const CHANGES_PER_VISITOR_MINUTE = { joins: 0.05, leaves: 0.05, statusChanges: 0.1 } as const;

/** Measured, but not by the benchmarks. Tests hold these to the service and to the documents. */
export const ELSEWHERE = {
  /** The whole answer to a heartbeat from a page of another origin, head included, over a connection that stays open. */
  answerBytes: 301,
  answerBytesWithView: 704,
  /** docs/deploy.md: with `visitors` online and 800 streams. */
  instance: { mib: 380, visitors: 100_000 },
  /** docs/scaling.md: what sharing presence through Redis costs each instance. */
  replica: { bytesPerVisitor: 500, cpuMicrosecondsPerHeartbeat: 4 },
} as const;

/** Reads the figures from the text of bench/results/results.md. Throws when a table, row or column is not there. */
export function readMeasured(results: string): Measured {
  const plain = 'without a room';
  const withView = 'in one of 100 rooms, asking for its totals and 5 members';
  const watcher = '`/sse/changes`, gzip';
  return {
    cpuMicrosecondsPerHeartbeat: cell(results, 'views', plain, 'CPU per heartbeat, µs'),
    cpuMicrosecondsPerHeartbeatWithView: cell(results, 'views', withView, 'CPU per heartbeat, µs'),
    cpuMillisecondsPerWatcherHour: cell(results, 'streams', watcher, 'CPU, ms'),
    mibPerWatcherHour: cell(results, 'streams', watcher, 'MiB'),
    residentBytesPerVisitor: cell(results, 'memory', 'a visitor, of 100000', 'bytes resident'),
    redisBytesPerVisitor: cell(results, 'instances', '100000', 'Redis bytes per visitor'),
  };
}

/** The number that a cell begins with: the median, where minimum and maximum follow it. */
function cell(results: string, section: string, row: string, column: string): number {
  const text = results.split(`<!-- ${section} -->`)[1]?.split(`<!-- /${section} -->`)[0] ?? '';
  const lines = text.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((each) => each.trim()),
  );
  const at = lines.findIndex(([first]) => first === row);
  // The nearest head above the row: a section may have several tables.
  const head = lines.slice(0, Math.max(at, 0)).findLast((cells) => cells.includes(column));
  const value = Number.parseFloat(lines[at]?.[head?.indexOf(column) ?? -1] ?? '');
  if (Number.isNaN(value)) throw new Error(`The section ${section} has no cell ${row} / ${column}.`);
  return value;
}
