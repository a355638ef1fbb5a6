/** Why the log cannot be used, in a sentence for an operator. */
export function describeProblem(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/^READONLY/.test(text)) return 'the server is a read-only replica; set REDIS_URL to the address of the primary';
  if (/^(MOVED|ASK|CLUSTERDOWN)/.test(text)) {
    return `the server is a node of a cluster and does not hold the key; set REDIS_URL to the node that does, or to a server without cluster mode (${text})`;
  }
  if (/^OOM/.test(text)) {
    return `the server's memory is full; raise its maxmemory, or remove other keys (${text})`;
  }
  if (/^NOPERM/.test(text)) return `the user is not allowed to do what docs/scaling.md lists (${text})`;
  if (/WRONGPASS|NOAUTH|invalid password/i.test(text)) return `the password is wrong or missing (${text})`;
  return text === '' ? String((error as { code?: unknown }).code ?? 'unknown') : text;
}
