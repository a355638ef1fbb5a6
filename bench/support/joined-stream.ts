import { type ClientRequest, get } from 'node:http';
import { createParser } from 'eventsource-parser';

/** Opens `/sse/changes`. Destroy the request to close it. @param onJoined called for each visitor who joins */
export function openJoinedStream(url: string, onJoined: (uid: string) => void): ClientRequest {
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === 'change') for (const { uid } of JSON.parse(data).joined ?? []) onJoined(uid);
    },
  });
  const outgoing = get(`${url}/sse/changes`, { agent: false }, (response) => {
    response.setEncoding('utf8').on('data', (part) => parser.feed(part));
    response.on('error', () => {});
  });
  return outgoing.on('error', () => {});
}
