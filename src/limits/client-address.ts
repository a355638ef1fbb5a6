import { isIP } from 'node:net';

/**
 * The address that a request comes from, as far as it can be believed: each proxy appends the address it was called from
 * to `X-Forwarded-For`, and what stands before the last `trustedHops` of them is the client's own invention.
 *
 * @param trustedHops how many proxies stand in front of the service; 1 on Cloud Run, 0 when clients connect themselves
 * @returns an IPv4 address, or the /64 network of an IPv6 one, since a single customer commands all of that
 */
export function clientAddress(
  forwardedFor: string | string[] | undefined,
  peerAddress: string | undefined,
  trustedHops: number,
): string {
  const hops =
    trustedHops === 0
      ? []
      : String(forwardedFor ?? '')
          .split(',')
          .map((hop) => hop.trim());
  const forwarded = withoutPort(hops[hops.length - trustedHops] ?? '');
  return network(isIP(forwarded) === 0 ? (peerAddress ?? '') : forwarded);
}

/** Some proxies write the port too: `203.0.113.7:4711`, `[2001:db8::1]:4711`. */
const withoutPort = (hop: string): string => hop.replace(/^([\d.]+):\d+$/, '$1').replace(/^\[(.+)\](:\d+)?$/, '$1');

function network(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIP(plain) !== 6) return plain;
  // Writes out the groups that `::` stands for.
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
