import { isDeepStrictEqual } from 'node:util';
import { findOperation, type Header, type MediaType, type RequestBody, type Response, resolve } from './document.js';
import { problemOf, problemOfRequest } from './validate.js';

/** A request and its answer. */
export interface Exchange {
  readonly method: string;
  /** The path, with or without a query. */
  readonly target: string;
  /** The body of the request, if it is a text. */
  readonly requestText?: string | undefined;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body of the answer; undefined for a stream, whose events are checked one by one. */
  readonly text?: string | undefined;
}

/** An event as a parser of event streams gives it. */
export interface ParsedEvent {
  readonly event?: string | undefined;
  readonly id?: string | undefined;
  readonly data: string;
}

/** Headers of HTTP itself, which the document leaves out. */
const GENERAL = new Set(['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding']);

/** Throws when docs/openapi.yaml does not describe an answer, or describes it otherwise. */
export function assertDocumented(exchange: Exchange): void {
  const { method, target, status } = exchange;
  const { operation, allow } = findOperation(method, target);
  const complain = (problem: string): never => {
    throw new Error(
      `docs/openapi.yaml and the service differ in ${operation.operationId} (${method} ${target} ${status}): ${problem}`,
    );
  };
  const documented = operation.responses[status];
  if (documented === undefined) return complain(`the status is not documented: ${exchange.text}`);
  const response = resolve<Response>(documented);
  const problems = [...headerProblems(exchange, response), ...bodyProblems(exchange, response)];
  if (exchange.headers.allow !== undefined && exchange.headers.allow !== allow) problems.push(`Allow is not ${allow}`);
  if (status < 300 && operation.requestBody !== undefined) {
    const [media] = Object.values(resolve<RequestBody>(operation.requestBody).content);
    problems.push(...requestProblems(exchange, media!));
  }
  if (problems.length > 0) complain(problems.join('; '));
}

/** What is wrong with an event of the stream at a path, in words, if anything. */
export function eventProblem(target: string, { event, id, data }: ParsedEvent): string | undefined {
  const { operation } = findOperation('GET', target);
  const { schema } = resolve<Response>(operation.responses['200']!).content!['text/event-stream']!;
  // Members that are undefined would count as there.
  const members = Object.entries({ event, id }).filter(([, value]) => value !== undefined);
  const problem = problemOf(schema, [{ ...Object.fromEntries(members), data: JSON.parse(data) }]);
  return problem && `docs/openapi.yaml and an event of ${target} differ: ${problem} in ${data}`;
}

function headerProblems({ headers }: Exchange, response: Response): string[] {
  const problems: string[] = [];
  const names = new Set(GENERAL);
  for (const [name, documented] of Object.entries(response.headers ?? {})) {
    const { required = false, schema } = resolve<Header>(documented);
    const value = headers[name.toLowerCase()];
    names.add(name.toLowerCase());
    if (value === undefined && required) problems.push(`the header ${name} is missing`);
    for (const each of value === undefined ? [] : [value].flat()) {
      const problem = problemOf(schema, each);
      if (problem !== undefined) problems.push(`the header ${name}: ${each}: ${problem}`);
    }
  }
  for (const name of Object.keys(headers)) if (!names.has(name)) problems.push(`the header ${name} is not documented`);
  return problems;
}

function bodyProblems({ method, headers, text }: Exchange, { content }: Response): string[] {
  const type = String(headers['content-type'] ?? '').replace(/;.*$/, '');
  if (content === undefined) return type === '' && !text ? [] : [`there is a body of type ${type}`];
  const media = content[type];
  if (media === undefined) return [`the content type ${type} is not documented`];
  if (method === 'HEAD') return text === '' ? [] : ['the answer to HEAD has a body'];
  if (text === undefined || type !== 'application/json') return [];
  const body: unknown = JSON.parse(text);
  const problem = problemOf(media.schema, body);
  return problem === undefined ? exampleProblems(media, body) : [`${problem} in ${text}`];
}

/** An error must be exactly what its example shows, sentence included. */
function exampleProblems({ examples }: MediaType, body: unknown): string[] {
  const code = (body as { error?: string }).error;
  if (code === undefined) return [];
  const example = examples?.[code];
  if (example === undefined) return [`${code} has no example`];
  return isDeepStrictEqual(resolve(example).value, body) ? [] : [`the example of ${code} is another`];
}

/** What the service takes, the document must allow. */
function requestProblems({ requestText }: Exchange, { schema }: MediaType): string[] {
  if (requestText === undefined) return [];
  const problem = problemOfRequest(schema, JSON.parse(requestText.replace(/^\ufeff/, '')));
  return problem === undefined ? [] : [`the service takes a body that the document does not allow: ${problem}`];
}
