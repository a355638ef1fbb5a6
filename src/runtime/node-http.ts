import type * as http from 'node:http';

/**
 * Node's own HTTP module, not by `import`: importing a module of Node's reads each of its exports, and of these one,
 * `WebSocket`, loads a whole HTTP client when it is read. That took a quarter of the start on Node 24.
 */
export const nodeHttp: typeof http = process.getBuiltinModule('node:http');
