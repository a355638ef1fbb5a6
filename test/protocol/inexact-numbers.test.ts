import test from 'ava';
import fc from 'fast-check';
import { inexactNumberText, parseExactly } from '../../src/protocol/inexact-numbers.js';

test('a number is inexact when the double that it becomes stands for another decimal number', (t) => {
  const inexact = [
    '1161380288898609914',
    '4503599627370497.3',
    '1e999',
    '-1e400',
    '1e-400',
    '0.12345678901234567890123',
  ];
  for (const text of inexact) t.is(inexactNumberText(parseExactly(text)), text, text);
  const exact = ['0', '-0', '0.0', '1e3', '1.50', '9007199254740991', '9007199254740992', '1e21', '1795522572.1040437'];
  for (const text of exact) t.is(parseExactly(text), JSON.parse(text), text);
});

test('digits within texts are no numbers', (t) => {
  for (const value of [{ uid: '1161380288898609914' }, { '1e999': 'say "1161380288898609914"' }, ['\\"', '1e999\\']]) {
    t.deepEqual(parseExactly(JSON.stringify(value)), value);
  }
});

test('everything that JSON.stringify writes is parsed as by JSON.parse', (t) => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      t.deepEqual(parseExactly(text), JSON.parse(text));
    }),
  );
});

test('an integer is inexact exactly when it does not survive the way through a double', (t) => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), (number) => {
      const survives = BigInt(Number(number)) === number;
      // A double that stands for the integer may print as another decimal, such as 1e23 for 99999999999999991611392.
      const printsAlike =
        BigInt(Number(number).toLocaleString('en', { useGrouping: false, maximumFractionDigits: 0 })) === number;
      const isExact = inexactNumberText(parseExactly(String(number))) === undefined;
      if (isExact) t.true(survives || printsAlike);
      if (Math.abs(Number(number)) < Number.MAX_SAFE_INTEGER) t.true(isExact);
    }),
  );
});
