// Turns docs/openapi.yaml into dist/web/openapi.json, which the service serves. Part of `npm run build`.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { parse } from 'yaml';

const root = new URL('../', import.meta.url);
const document = parse(await readFile(new URL('docs/openapi.yaml', root), 'utf8'));
document.info.version = JSON.parse(await readFile(new URL('package.json', root), 'utf8')).version;
await mkdir(new URL('dist/web/', root), { recursive: true });
await writeFile(new URL('dist/web/openapi.json', root), JSON.stringify(document));
