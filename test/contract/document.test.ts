import test from 'ava';
import { errorBody, errorCodes, errorStatus } from '../../src/protocol/errors.js';
import { routes } from '../support/documented.js';
import { document, type MediaType, operations, type Response, resolve } from '../support/openapi/document.js';

/** Each response of each operation that carries an error. */
const refusals = operations.flatMap(({ operationId, responses }) =>
  Object.entries(responses)
    .map(([status, response]) => ({ status: Number(status), media: jsonOf(resolve<Response>(response)) }))
    .filter(({ status }) => status >= 400)
    .map(({ status, media }) => ({ what: `${operationId} ${status}`, status, media: media!, codes: codesOf(media!) })),
);

test('the document and the service have the same routes', async (t) => {
  const documented = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replace('{uid}', ':uid')}`),
  );
  t.deepEqual(documented.sort(), (await routes(t)).sort());
});

test('the document and the service have the same error codes', (t) => {
  const { enum: documented } = document.components.schemas.ErrorCode as { enum: string[] };
  t.deepEqual([...documented].sort(), [...errorCodes].sort());
});

test('every error code has an example with the message of the service', (t) => {
  t.deepEqual(Object.keys(document.components.examples).sort(), [...errorCodes].sort());
  for (const code of errorCodes) {
    t.deepEqual(document.components.examples[code]!.value, JSON.parse(errorBody(code)), code);
  }
});

test('every error code is an answer of some operation, always with its status', (t) => {
  const used = new Set(refusals.flatMap(({ codes }) => codes));
  t.deepEqual([...used].sort(), [...errorCodes].sort());
  for (const { what, status, codes } of refusals) {
    for (const code of codes) t.is(errorStatus(code), status, `${what} ${code}`);
  }
});

test('the examples of an answer are those of its error codes', (t) => {
  for (const { what, media, codes } of refusals) {
    t.deepEqual(Object.keys(media.examples!), codes, what);
    for (const code of codes) t.is(resolve(media.examples![code]!), document.components.examples[code]!, what);
  }
});

function jsonOf({ content }: Response): MediaType | undefined {
  return content?.['application/json'];
}

function codesOf({ schema }: MediaType): (typeof errorCodes)[number][] {
  return (schema as { properties: { error: { enum: (typeof errorCodes)[number][] } } }).properties.error.enum;
}
