import test from 'ava';
import { readConfig } from '../../../src/config/read-config.js';
import { errorCodes, errorMessage } from '../../../src/protocol/errors.js';
import { explainRefusal } from '../../../src/web/dashboard/refusal-texts.js';

const explainOrigin = (origin: string, allowOrigin = 'https://my-app.example') =>
  explainRefusal({ origin, error: 'origin_not_allowed', message: '' }, allowOrigin);

test('the setting to copy keeps the present origins, adds the refused one, and is one that the service accepts', (t) => {
  const { fix } = explainOrigin('https://shop.example:8443', 'https://my-app.example,https://www.example.com');
  const [name, value] = fix!.split('=') as [string, string];
  t.is(name, 'CORS_ALLOW_ORIGIN');
  const config = readConfig({ CORS_ALLOW_ORIGIN: value });
  t.deepEqual(config.ok && config.value.http.allowOrigins, [
    'https://my-app.example',
    'https://www.example.com',
    'https://shop.example:8443',
  ]);
});

test('an origin that the setting cannot name is not offered', (t) => {
  for (const origin of ['capacitor://localhost', 'https://SHOP.example', 'https://shop.example:443'])
    t.is(explainOrigin(origin).fix, 'CORS_ALLOW_ORIGIN=*', origin);
  const { fix, advice } = explainOrigin('null');
  t.is(fix, undefined);
  t.regex(advice, /web server/);
});

test('every reason to refuse a heartbeat has a title and advice', (t) => {
  for (const error of errorCodes) {
    const { title, advice } = explainRefusal(
      { origin: 'https://shop.example', error, message: errorMessage(error) },
      '',
    );
    t.regex(title, /\w/, error);
    t.regex(advice, /\w/, error);
  }
});

test('a refused token says whose secret signs it, and broken JSON what is valid', (t) => {
  const explain = (error: 'token_missing' | 'token_invalid' | 'invalid_json') =>
    explainRefusal({ origin: null, error, message: errorMessage(error) }, '*');
  t.deepEqual(explain('token_missing').fix, 'data-token="THE-USER\'S-TOKEN"');
  t.regex(explain('token_invalid').advice, /HIT_SECRET/);
  t.regex(explain('invalid_json').advice, /no trailing comma/);
});
