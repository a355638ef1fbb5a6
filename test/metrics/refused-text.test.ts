import test from 'ava';
import fc from 'fast-check';
import { refusedText } from '../../src/metrics/refused-text.js';
import { checkProperty } from '../support/property.js';
import { sign } from '../support/tokens.js';

const of = (text: string) => refusedText(Buffer.from(text));

test('a refused text is shown on one line, up to 80 characters', (t) => {
  t.is(of(' {\n  uid: "42",\r\n}\n'), '{ uid: "42", }');
  t.is(of('ab '.repeat(40)), `${'ab '.repeat(26)}a…`);
  t.is(of('a\u0000b\u202ec'), 'a\ufffdb\ufffdc');
  t.is(refusedText(Buffer.from([0xff, 0x41])), '\ufffdA');
});

test('a refused text contains no token, also where the text is cut', async (t) => {
  const token = await sign({ sub: 'ada' });
  t.is(of(`{"uid":"ada","token":"${token}",}`), '{"uid":"ada","token":"…",}');
  t.is(of(`{uid:"ada",token:"${token}"`), '{uid:"ada",token:"…"');
  for (let before = 0; before < 600; before += 7) {
    const text = of(`{"a":"${'b '.repeat(before / 2)}","token":"${token}",}`);
    for (const part of token.split('.')) t.false(text.includes(part.slice(0, 20)), text);
  }
});

test('whatever bytes are refused, their text is short and visible', (t) => {
  checkProperty(
    t,
    fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => {
      const text = refusedText(Buffer.from(bytes));
      t.true([...text].length <= 80);
      t.notRegex(text, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
  );
});
