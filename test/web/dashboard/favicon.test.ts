import test from 'ava';
import { faviconOf, shortCount } from '../../../src/web/dashboard/favicon.js';

const svgOf = (online: number | undefined) => decodeURIComponent(faviconOf(online).replace('data:image/svg+xml,', ''));

test('the icon of the tab has the number online, and is an empty ring without anybody', (t) => {
  t.regex(svgOf(12), />12<\/text>/);
  t.regex(svgOf(10_000), />10k<\/text>/);
  t.notRegex(svgOf(0), /<text/);
  t.is(svgOf(undefined), svgOf(0));
});

test('a number in the icon has at most four characters', (t) => {
  t.deepEqual([1, 999, 1000, 9999, 200_000, 999_999, 5_000_000].map(shortCount), [
    '1',
    '999',
    '1k',
    '9k',
    '200k',
    '999k',
    '5M',
  ]);
});
