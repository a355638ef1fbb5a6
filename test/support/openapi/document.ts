import { readFileSync } from 'node:fs';

/** A JSON Schema, in as far as it is looked into here. */
export type Schema = { readonly [keyword: string]: unknown };

export interface Header {
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface MediaType {
  readonly schema: Schema;
  readonly examples?: Readonly<Record<string, Example | Reference>>;
}

export interface Example {
  readonly value: unknown;
}

export interface Response {
  readonly headers?: Readonly<Record<string, Header | Reference>>;
  readonly content?: Readonly<Record<string, MediaType>>;
}

export interface RequestBody {
  readonly content: Readonly<Record<string, MediaType>>;
}

export interface Operation {
  readonly operationId: string;
  readonly requestBody?: RequestBody | Reference;
  readonly responses: Readonly<Record<string, Response | Reference>>;
}

export interface Reference {
  readonly $ref: string;
}

/** The operations of a path, by method in lower case. */
export type PathItem = Readonly<Partial<Record<'get' | 'post' | 'delete' | 'options' | 'trace', Operation>>>;

interface Document {
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Response>>;
    readonly examples: Readonly<Record<string, Example>>;
    readonly pathItems: { readonly EveryPath: PathItem; readonly UnknownPath: PathItem };
  };
}

/** docs/openapi.yaml, as the build has turned it into JSON. */
export const document = JSON.parse(readFileSync('dist/web/openapi.json', 'utf8')) as Document;

/** What a reference points at, or the node itself when it is none. */
export function resolve<T extends object>(node: T | Reference): T {
  if (!('$ref' in node)) return node;
  let target: unknown = document;
  for (const name of node.$ref.replace('#/', '').split('/')) target = (target as Record<string, unknown>)[name];
  if (target === undefined) throw new Error(`docs/openapi.yaml has no ${node.$ref}.`);
  return target as T;
}

/** The operation that describes a request. */
export interface FoundOperation {
  readonly operation: Operation;
  /** What the header `Allow` says of the path; undefined for a path that is not documented. */
  readonly allow: string | undefined;
}

/** The operation that describes a request. `target` is a path with or without a query. */
export function findOperation(method: string, target: string): FoundOperation {
  const path = target.replace(/\?.*$/s, '');
  const { EveryPath, UnknownPath } = document.components.pathItems;
  const template = Object.keys(document.paths).find((each) => matches(each, path));
  if (template === undefined) return { operation: UnknownPath.get!, allow: undefined };
  const item = document.paths[template]!;
  const methods = [item.get && 'GET, HEAD', item.post && 'POST', item.delete && 'DELETE', 'OPTIONS'];
  const allow = methods.filter(Boolean).join(', ');
  const own = { GET: item.get, HEAD: item.get, POST: item.post, DELETE: item.delete }[method];
  const operation = own ?? (method === 'OPTIONS' ? EveryPath.options! : EveryPath.trace!);
  return { operation, allow };
}

/** A parameter of a path takes all of the rest, slashes included. */
function matches(template: string, path: string): boolean {
  const [prefix, parameter] = template.split('{');
  return parameter === undefined ? path === template : path.startsWith(prefix!);
}

/** All operations, those that describe every path and unknown paths included. */
export const operations: readonly Operation[] = [
  ...Object.values(document.paths),
  ...Object.values(document.components.pathItems),
].flatMap(({ get, post, delete: remove, options, trace }) =>
  [get, post, remove, options, trace].filter((each) => each !== undefined),
);
