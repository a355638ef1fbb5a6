import test from 'ava';
import { createLog, traceField } from '../../src/runtime/log.js';

function logged(use: (log: ReturnType<typeof createLog>) => void, level = 'info'): Record<string, unknown>[] {
  const lines: string[] = [];
  use(createLog({ level, project: undefined }, { write: (line) => lines.push(line) }));
  return lines.map((line) => JSON.parse(line));
}

test('a line is one JSON object with the severity, message and time that Cloud Logging reads', (t) => {
  const [line] = logged((log) => log.warn('Mind this.', { count: 2 }));
  t.is(line!.severity, 'WARNING');
  t.is(line!.message, 'Mind this.');
  t.is(line!.count, 2);
  t.false(Number.isNaN(Date.parse(line!.time as string)));
  t.deepEqual(Object.keys(line!).sort(), ['count', 'message', 'severity', 'time']);
});

test('each level has its severity', (t) => {
  const lines = logged((log) => {
    for (const level of ['debug', 'info', 'warn', 'error', 'critical'] as const) log[level]('x');
  }, 'debug');
  t.deepEqual(
    lines.map(({ severity }) => severity),
    ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'],
  );
});

test("an error's stack trace is in the field that Error Reporting reads", (t) => {
  const [line] = logged((log) => log.error('Failed.', { error: new TypeError('no') }));
  t.is(line!.error, 'no');
  t.regex(line!.stack_trace as string, /^TypeError: no\n/);
});

test('entries below the log level are not written', (t) => {
  t.is(logged((log) => log.info('x'), 'warn').length, 0);
});

test('a line names the trace of its request, from either trace header, when the project is known', (t) => {
  const id = '0af7651916cd43dd8448eb211c80319c';
  const expected = { 'logging.googleapis.com/trace': `projects/shop/traces/${id}` };
  t.deepEqual(traceField({ traceparent: `00-${id}-b7ad6b7169203331-01` }, 'shop'), expected);
  t.deepEqual(traceField({ 'x-cloud-trace-context': `${id}/123;o=1` }, 'shop'), expected);
  t.deepEqual(traceField({ traceparent: `00-${id}-b7ad6b7169203331-01` }, undefined), {});
  t.deepEqual(traceField({ traceparent: 'nonsense"\n', 'x-cloud-trace-context': 'x/y' }, 'shop'), {});
  t.deepEqual(traceField({}, 'shop'), {});
});
