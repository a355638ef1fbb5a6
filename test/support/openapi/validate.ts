import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { document, type Schema } from './document.js';

const ajv = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true });
for (const [name, schema] of Object.entries(document.components.schemas)) ajv.addSchema(closed(schema, true), name);

const validators = new WeakMap<Schema, ValidateFunction>();

/** What is wrong with a value by a schema of the document, in words. A member that the schema does not name is wrong. */
export function problemOf(schema: Schema, value: unknown): string | undefined {
  return problemBy(schema, closed, value);
}

/** What is wrong with a request, which may have members that the document does not name. */
export function problemOfRequest(schema: Schema, value: unknown): string | undefined {
  return problemBy(schema, (each) => closed(each, true), value);
}

function problemBy(schema: Schema, prepare: (schema: Schema) => Schema, value: unknown): string | undefined {
  let validate = validators.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(prepare(schema));
    validators.set(schema, validate);
  }
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}

/**
 * The schema with all objects closed to further members. Parts of an `allOf`, and components, which `allOf` may point at,
 * stay open: the schema that uses them is closed. JSON within a text is described as what it parses to.
 */
function closed(schema: Schema, isPart = false): Schema {
  if ('contentSchema' in schema) return closed(schema.contentSchema as Schema);
  const entries = Object.entries(schema).map(([keyword, value]) => [keyword, closedKeyword(keyword, value)] as const);
  return { ...Object.fromEntries(entries), ...(isPart ? {} : { unevaluatedProperties: false }) };
}

function closedKeyword(keyword: string, value: unknown): unknown {
  switch (keyword) {
    case '$ref':
      return (value as string).replace('#/components/schemas/', '');
    case 'properties':
      return Object.fromEntries(
        Object.entries(value as Record<string, Schema>).map(([name, each]) => [name, closed(each)]),
      );
    case 'allOf':
      return (value as Schema[]).map((each) => closed(each, true));
    case 'anyOf':
    case 'oneOf':
      return (value as Schema[]).map((each) => closed(each));
    case 'items':
      return closed(value as Schema);
    case 'additionalProperties':
      return typeof value === 'object' ? closed(value as Schema) : value;
    default:
      return value;
  }
}
