import { readFileSync } from 'node:fs';
import test from 'ava';
import { costDocument } from '../../../tools/cost/document.js';
import { readMeasured } from '../../../tools/cost/measured.js';
import { cheapestBelow } from '../../../tools/cost/tables.js';

const results = readFileSync('bench/results/results.md', 'utf8');

test('docs/cost.md is what `npm run cost` writes', (t) => {
  t.is(readFileSync('docs/cost.md', 'utf8'), costDocument(readMeasured(results)));
});

test('figures come from their row and column of the results', (t) => {
  const text = results.replace('| 93.4 (', '| 1234.5 (');
  t.is(readMeasured(text).cpuMicrosecondsPerHeartbeatWithView, 1234.5);
  t.is(readMeasured(results.replace('| 100000 | 127 |', '| 100000 | 99 |')).redisBytesPerVisitor, 99);
});

test('a figure that the results do not have is an error', (t) => {
  t.throws(() => readMeasured(results.replace('<!-- views -->', '')), { message: /section views has no cell/ });
  t.throws(() => readMeasured(results.replaceAll('without a room', 'somewhere')), { message: /without a room/ });
  t.throws(() => readMeasured(results.replaceAll('CPU, ms', 'CPU')), { message: /CPU, ms/ });
});

test('the longer a dashboard is open, the fewer visitors make instance-based billing the cheaper one', (t) => {
  const measured = readMeasured(results);
  const limits = [0, 1, 8].map((hours) => cheapestBelow(hours, measured));
  t.deepEqual(
    limits.toSorted((a, b) => b - a),
    limits,
  );
});
