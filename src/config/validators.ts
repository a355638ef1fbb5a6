import { makeValidator } from 'envalid';

/** A decimal number within bounds. `Number()` alone would also take '0x10', '1e3' and ' '. */
export const decimal = (least: number, most: number) =>
  makeValidator((text) => within(text, /^\d+(\.\d+)?$/, least, most, 'number'));

/** A whole number within bounds. */
export const whole = (least: number, most: number) =>
  makeValidator((text) => within(text, /^\d+$/, least, most, 'whole number'));

function within(text: string, form: RegExp, least: number, most: number, kind: string): number {
  const value = Number(text);
  if (!form.test(text.trim()) || value < least || value > most) {
    throw new Error(`must be a ${kind} from ${least} to ${most}; it is ${JSON.stringify(text)}`);
  }
  return value;
}

/** One of a few words. */
export const oneOf = <T extends string>(...words: readonly T[]) =>
  makeValidator((text): T => {
    const word = words.find((each) => each === text.trim());
    if (word !== undefined) return word;
    throw new Error(`must be one of ${words.join(', ')}; it is ${JSON.stringify(text)}`);
  });

/** `on` and `true`, `off` and `false`. */
export const onOff = makeValidator((text): boolean => {
  const value = text.trim().toLowerCase();
  if (value === 'on' || value === 'true') return true;
  if (value === 'off' || value === 'false') return false;
  throw new Error(`must be on or off; it is ${JSON.stringify(text)}`);
});

/** Origins as browsers send them, separated by commas, or `*`. */
export const origins = makeValidator((text): readonly string[] | '*' => {
  const named = text
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
  if (named.length === 1 && named[0] === '*') return '*';
  for (const origin of named) {
    // URL accepts a host with a star, but no browser sends one.
    if (URL.canParse(origin) && new URL(origin).origin === origin && !origin.includes('*')) continue;
    throw new Error(
      `must be * or origins such as https://example.com (scheme and host, no path, no slash at the end, no star within), separated by commas; ${JSON.stringify(origin)} is neither`,
    );
  }
  if (named.length === 0) throw new Error('must name at least one origin, or be *');
  return named;
});

/** Sources of CSP's `frame-ancestors`, separated by spaces. */
export const frameAncestors = makeValidator((text): string => {
  const source = /^('self'|'none'|\*|https?:\/\/[\w*.-]+(:\d+)?)$/;
  const sources = text.trim().split(/\s+/);
  if (sources.every((each) => source.test(each))) return sources.join(' ');
  throw new Error(
    `must be 'self', 'none', * or origins such as https://example.com, separated by spaces; it is ${JSON.stringify(text)}`,
  );
});

/** A name in one line of at most so many characters. */
export const label = (mostCharacters: number) =>
  makeValidator((text): string | undefined => {
    const name = text.trim();
    // Line breaks and other controls, and what would turn the direction of the text around it.
    if ([...name].length <= mostCharacters && !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(name))
      return name;
    throw new Error(`must be one line of at most ${mostCharacters} characters`);
  });

/** HS256 requires a key of at least 32 bytes, the size of its hash (RFC 7518, 3.2). The message must not contain the secret. */
export const secrets = makeValidator((text): readonly string[] => {
  const list = text.split(',').map((secret) => secret.trim());
  if (list.every((secret) => Buffer.byteLength(secret) >= 32)) return list;
  throw new Error('must be secrets of at least 32 characters each, separated by commas; one of them is shorter');
});

/** The URL of a Redis or Valkey. The message must not contain it, since it may include a password. */
export const redisUrl = makeValidator((text): string | undefined => {
  const url = text.trim();
  if (URL.canParse(url) && ['redis:', 'rediss:'].includes(new URL(url).protocol) && new URL(url).hostname !== '')
    return url;
  throw new Error('must be an address such as redis://10.0.0.3:6379, or rediss:// for TLS');
});

/** The address of a web service, without a slash at the end. The message must not contain it: it may include a password. */
export const webUrl = makeValidator((text): string | undefined => {
  const url = text.trim();
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && !/[?#]/.test(url)) return url.replace(/\/+$/, '');
  throw new Error('must be an address such as https://presence.example.com, without a query');
});

/** The name of a Redis key. */
export const streamKey = makeValidator((text): string => {
  if (/^[\w:.{}-]{1,128}$/.test(text.trim())) return text.trim();
  throw new Error(`must be 1 to 128 letters, digits and any of _ : . { } -; it is ${JSON.stringify(text)}`);
});

/** A password. Files and secret managers often add a line break at the end, which is removed. */
export const password = makeValidator((text): string | undefined => text.replace(/[\r\n]+$/, ''));
