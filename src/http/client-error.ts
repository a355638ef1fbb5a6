import { type ErrorCode, errorBody, errorStatus } from '../protocol/errors.js';
import { JSON_HEADERS } from './answer.js';
import { rawAnswer } from './raw-answer.js';

/** Errors of Node's HTTP parser and its timeouts (https://nodejs.org/api/http.html#event-clienterror). */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'header_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body_too_large',
};

/**
 * The answer to bytes that Node could not parse as a request.
 *
 * @param corsHeaders those for a request without an Origin, since its headers are not known
 */
export function clientErrorAnswer(
  error: NodeJS.ErrnoException,
  corsHeaders: readonly string[],
  countRejection: (code: ErrorCode) => void,
): string {
  const code = CODES[error.code ?? ''] ?? 'bad_request';
  countRejection(code);
  const body = errorBody(code);
  const length = String(Buffer.byteLength(body));
  return rawAnswer(errorStatus(code), [...corsHeaders, ...JSON_HEADERS, 'Content-Length', length], body);
}
