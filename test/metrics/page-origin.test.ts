import test from 'ava';
import { pageOrigin } from '../../src/metrics/page-origin.js';

test('a page is known by its Origin, else by the origin of its Referer', (t) => {
  const referer = 'https://shop.example:8443/cart?item=7#top';
  t.is(pageOrigin({ origin: 'https://my-app.example', referer }), 'https://my-app.example');
  t.is(pageOrigin({ referer }), 'https://shop.example:8443');
  t.is(pageOrigin({ origin: 'http://[2001:db8::1]:3000' }), 'http://[2001:db8::1]:3000');
  t.is(pageOrigin({ origin: 'capacitor://localhost' }), 'capacitor://localhost');
  t.is(pageOrigin({}), null);
});

test('a text that a shell would not take literally is no origin, as operators paste origins into settings', (t) => {
  const texts = [
    'null',
    'https://$(reboot).example',
    'https://a`b`.example',
    'https://a.example,https://b.example',
    "https://a'.example",
    'https://a.example/path',
    'https://a.example;reboot',
    'javascript:alert(1)',
    `https://${'a'.repeat(300)}.example`,
    'https://ünicode.example',
  ];
  for (const origin of texts) t.is(pageOrigin({ origin }), 'null', origin);
  for (const referer of ['about:blank', 'https://a$b.example/']) t.is(pageOrigin({ referer }), 'null', referer);
});
