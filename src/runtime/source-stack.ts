import { readFileSync } from 'node:fs';
import { SourceMap, type SourceOrigin } from 'node:module';

/**
 * A function that replaces positions in bundled files, in the text of a stack trace, by positions in the source. Positions
 * without a source map stay as they are.
 *
 * A source map is read when the first trace names its file. Node's own `--enable-source-maps` reads it at every start, which
 * then takes half as long again.
 *
 * @param folder the URL of the folder of the bundle, with a slash at the end
 */
export function sourceStacks(folder: string): (stack: string) => string {
  const maps = new Map<string, SourceMap | undefined>();
  const mapOf = (name: string) => {
    if (!maps.has(name)) maps.set(name, readMap(new URL(`${name}.map`, folder)));
    return maps.get(name);
  };
  return (stack) =>
    stack.replaceAll(/(file:\S+\/)([\w-]+\.mjs):(\d+):(\d+)/g, (position, of: string, name: string, ...numbers) => {
      const [line, column] = numbers.map(Number);
      const map = of === folder ? mapOf(name) : undefined;
      // An empty object for a place that has no source.
      const origin: Partial<SourceOrigin> = map?.findOrigin(line!, column!) ?? {};
      if (origin.fileName === undefined) return position;
      return `${origin.fileName.replace(/^(\.\.\/)+/, '')}:${origin.lineNumber}:${origin.columnNumber}`;
    });
}

function readMap(url: URL): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(url, 'utf8')));
  } catch {
    return undefined;
  }
}
