// Writes src/protocol/messages.ts, the TypeScript types of the schemas in docs/openapi.yaml. With --check, compares only.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../', import.meta.url));
const target = 'src/protocol/messages.ts';
const HEAD = `// Generated from docs/openapi.yaml by \`npm run messages\`. \`npm run check\` fails when the two differ.`;
const WIDTH = 120;

const { schemas } = parse(readFileSync(`${root}docs/openapi.yaml`, 'utf8')).components;
const text = format([HEAD, ...Object.entries(schemas).map(([name, schema]) => declaration(name, schema))].join('\n\n'));
if (!process.argv.includes('--check')) {
  writeFileSync(root + target, text);
} else if (readFileSync(root + target, 'utf8') !== text) {
  throw new Error(`${target} differs from docs/openapi.yaml: change the document, then run npm run messages.`);
}

function declaration(name, schema) {
  const comment = tsDoc(schema.description, '');
  if (schema.properties === undefined) return `${comment}export type ${name} = ${typeOf(schema)};`;
  const parents = (schema.allOf ?? []).map(typeOf).join(', ');
  const members = Object.entries(schema.properties).map(([member, each]) => {
    const isRequired = schema.required?.includes(member);
    const type = isRequired ? `: ${typeOf(each)}` : `?: ${typeOf(each)} | undefined`;
    return `${tsDoc(each.description, '  ')}  readonly ${member}${type};`;
  });
  return `${comment}export interface ${name}${parents && ` extends ${parents}`} {\n${members.join('\n')}\n}`;
}

/** The type of a schema, by the keywords that the document uses. Throws for others, so that none is passed over. */
function typeOf(schema) {
  const { $ref, const: constant, enum: values, anyOf, allOf, type, items, additionalProperties } = schema;
  if ($ref !== undefined) return $ref.replace('#/components/schemas/', '');
  if (constant !== undefined) return JSON.stringify(constant);
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' | ');
  if (allOf?.length === 1) return typeOf(allOf[0]);
  if (Array.isArray(type)) return type.map((each) => typeOf({ ...schema, type: each })).join(' | ');
  if (type === 'integer') return 'number';
  if (type === 'array') return `readonly (${typeOf(items)})[]`;
  if (type === 'object' && additionalProperties === true) return 'Readonly<Record<string, unknown>>';
  if (type === 'object' && additionalProperties) return `Readonly<Record<string, ${typeOf(additionalProperties)}>>`;
  if (['string', 'number', 'boolean', 'null'].includes(type)) return type;
  throw new Error(`There is no type for ${JSON.stringify(schema)}.`);
}

function tsDoc(description, indent) {
  if (description === undefined) return '';
  const words = description.trim().split(/\s+/);
  const line = `${indent}/** ${words.join(' ')} */\n`;
  if (line.length <= WIDTH + 1) return line;
  const lines = [`${indent} *`];
  for (const word of words) {
    if (lines.at(-1).length + word.length + 1 > WIDTH) lines.push(`${indent} *`);
    lines.push(`${lines.pop()} ${word}`);
  }
  return `${indent}/**\n${lines.join('\n')}\n${indent} */\n`;
}

function format(source) {
  const biome = `${root}node_modules/@biomejs/biome/bin/biome`;
  const options = { cwd: root, input: source, encoding: 'utf8' };
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${target}`], options);
}
