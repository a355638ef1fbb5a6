import { STATUS_CODES } from 'node:http';

/**
 * A whole HTTP/1.1 answer that closes its connection, as text for the socket, where Node's response cannot be used.
 *
 * @param headers names and values in turn, Content-Length included
 */
export function rawAnswer(status: number, headers: readonly string[], body: string): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nDate: ${new Date().toUTCString()}\r\nConnection: close\r\n`;
  for (let index = 0; index < headers.length; index += 2) head += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return `${head}\r\n${body}`;
}
