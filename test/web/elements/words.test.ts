import test from 'ava';
import { hueOf, initialsOf, isName, nameOf, pictureOf } from '../../../src/web/elements/names.js';
import { agoText, countText } from '../../../src/web/elements/words.js';

test('a count is a number of the language in the plural form of the language', (t) => {
  const english = { one: '{n} person here', other: '{n} people here' };
  t.is(countText(1, english, 'en'), '1 person here');
  t.is(countText(0, english, 'en'), '0 people here');
  t.is(countText(12_345, english, 'en'), '12,345 people here');
  t.is(countText(12_345, english, 'de'), '12.345 people here');
  const polish = { one: '{n} osoba', few: '{n} osoby', many: '{n} osób', other: '{n} osoby' };
  t.deepEqual(
    [1, 3, 5, 22].map((count) => countText(count, polish, 'pl')),
    ['1 osoba', '3 osoby', '5 osób', '22 osoby'],
  );
  t.is(countText(7, {}, 'ar-EG'), '٧');
});

test('a text for zero counts in every language, a form that is missing falls back to the other', (t) => {
  t.is(countText(0, { zero: 'Nobody here', other: '{n} here' }, 'en'), 'Nobody here');
  t.is(countText(1, { other: '{n} here, {n}!' }, 'en'), '1 here, 1!');
  t.is(countText(1, { many: 'x' }, 'en'), '1');
});

test('a time is in words of the language', (t) => {
  const texts = [-5, 3, 61, 300, 7300, 90_000, 1e7].map((seconds) => agoText(seconds, 'en'));
  t.deepEqual(texts, [
    '1 min. ago',
    '1 min. ago',
    '1 min. ago',
    '5 min. ago',
    '2 hr. ago',
    'yesterday',
    '115 days ago',
  ]);
  t.is(agoText(300, 'de'), 'vor 5 Min.');
});

test('what is no language is ignored', (t) => {
  for (const language of ['', 'not a language', 'x', undefined]) {
    t.is(countText(1, { one: '{n} here', other: '{n} here' }, language), '1 here');
    t.notThrows(() => agoText(60, language));
  }
});

test('names, initials and hues', (t) => {
  t.is(nameOf({ uid: '42', info: { name: ' Ada ' } }), 'Ada');
  t.is(nameOf({ uid: '42', info: { name: '' } }), '42');
  t.is(nameOf({ uid: '42', info: { name: 7 } }), '42');
  t.deepEqual(['Ada Lovelace', 'ada', 'Jean  Marie  le Gall', '👩 x', '', '李 小龙'].map(initialsOf), [
    'AL',
    'A',
    'JG',
    '👩X',
    '',
    '李小',
  ]);
  t.true(hueOf('ada') >= 0 && hueOf('ada') < 360);
  t.is(hueOf('ada'), hueOf('ada'));
});

test('a picture is a web address that the page may load', (t) => {
  const on = (page: string, avatar: string | number) => pictureOf({ avatar }, page);
  const secure = 'https://site.example/a/b';
  t.is(on(secure, 'https://pictures.example/ada.png'), 'https://pictures.example/ada.png');
  t.is(on(secure, '/ada.png'), 'https://site.example/ada.png');
  t.is(on(secure, '//pictures.example/ada.png'), 'https://pictures.example/ada.png');
  t.is(on('http://site.example/', 'http://pictures.example/ada.png'), 'http://pictures.example/ada.png');
  for (const avatar of [
    'http://pictures.example/ada.png',
    'javascript:alert(1)',
    'data:image/svg+xml,<svg/>',
    'blob:x',
    'https://',
    '',
    7,
  ]) {
    t.is(on(secure, avatar), undefined, String(avatar));
  }
});

test('names that the service would refuse are known', (t) => {
  for (const name of ['a', 'x'.repeat(256), '👩'.repeat(256), 'é']) t.true(isName(name));
  for (const name of ['', 'x'.repeat(257), 'a\nb', '\ud800', 'a\u0085']) t.false(isName(name));
});

test('visitors whose uids are alike have colours that are not', (t) => {
  const hues = Array.from({ length: 10 }, (_, index) => hueOf(`visitor-${index}`)).sort((a, b) => a - b);
  const gaps = hues.map((hue, index) => ((hues[(index + 1) % hues.length]! - hue + 359) % 360) + 1);
  t.true(Math.min(...gaps) >= 10, `${hues}`);
});
