import type * as http from 'node:http';

/**
 * Node's HTTP module, without `import`: an ES module import of a built-in module reads each of its exports, and reading
 * `WebSocket` loads a whole HTTP client. That took a quarter of the start on Node 24.
 */
export const nodeHttp: typeof http = process.getBuiltinModule('node:http');
