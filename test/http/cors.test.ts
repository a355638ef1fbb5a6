import test from 'ava';
import { createCors, preflightHeaders } from '../../src/http/cors.js';

const header = (headers: readonly string[], name: string) => {
  const index = headers.indexOf(name);
  return index === -1 ? undefined : headers[index + 1];
};
const ALLOW = 'Access-Control-Allow-Origin';
const CREDENTIALS = 'Access-Control-Allow-Credentials';

test('an allowed origin is echoed, with credentials', (t) => {
  const cors = createCors(['https://a.example', 'https://b.example']);
  const { allowed, headers } = cors.decide('https://b.example', 'service.example');
  t.true(allowed);
  t.is(header(headers, ALLOW), 'https://b.example');
  t.is(header(headers, CREDENTIALS), 'true');
  t.is(header(headers, 'Vary'), 'Origin');
});

test("the service's own pages are allowed, with either scheme and with a port", (t) => {
  const cors = createCors(['https://a.example']);
  t.true(cors.decide('https://service.example', 'service.example').allowed);
  t.true(cors.decide('http://localhost:8080', 'localhost:8080').allowed);
  t.false(cors.decide('http://localhost:8081', 'localhost:8080').allowed);
});

for (const foreign of [
  'https://b.example',
  'null',
  'https://a.example.evil.example',
  'https://A.example',
  '',
  'a.example',
]) {
  test(`the foreign origin ${JSON.stringify(foreign)} is refused and never echoed`, (t) => {
    const { allowed, headers } = createCors(['https://a.example']).decide(foreign, 'service.example');
    t.false(allowed);
    t.is(header(headers, ALLOW), 'https://a.example');
  });
}

test('without an Origin header, the answer names a single allowed origin, but none of several', (t) => {
  t.is(header(createCors(['https://a.example']).decide(undefined, 'x').headers, ALLOW), 'https://a.example');
  const several = createCors(['https://a.example', 'https://b.example']).decide(undefined, 'x');
  t.true(several.allowed);
  t.is(header(several.headers, ALLOW), undefined);
  t.is(header(several.headers, 'Vary'), 'Origin');
});

test('with * any origin is allowed, without credentials', (t) => {
  const { allowed, headers } = createCors('*').decide('https://whoever.example', 'x');
  t.true(allowed);
  t.is(header(headers, ALLOW), '*');
  t.is(header(headers, CREDENTIALS), undefined);
  t.is(header(headers, 'Vary'), 'Origin');
});

test('a preflight answer repeats the header names of the request, unless they are malformed', (t) => {
  t.is(header(preflightHeaders('POST', 'content-type, x-a'), 'Access-Control-Allow-Headers'), 'content-type, x-a');
  for (const odd of [undefined, '', 'a b', 'x:1', ',']) {
    t.is(header(preflightHeaders('POST', odd), 'Access-Control-Allow-Headers'), 'Content-Type');
  }
});
