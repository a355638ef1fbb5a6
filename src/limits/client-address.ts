import { isIP } from 'node:net';

/**
 * The address of the client. Each proxy appends the address of its peer to `X-Forwarded-For`; a client can forge everything
 * before the last `trustedHops` entries.
 *
 * @param trustedHops how many proxies stand in front of the service: 1 on Cloud Run, 0 when clients connect directly
 * @returns an IPv4 address, or the /64 network of an IPv6 one, since one customer usually gets a whole /64
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

/** Some proxies add the port: `203.0.113.7:4711`, `[2001:db8::1]:4711`. */
const withoutPort = (hop: string): string => hop.replace(/^([\d.]+):\d+$/, '$1').replace(/^\[(.+)\](:\d+)?$/, '$1');

function network(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIP(plain) !== 6) return plain;
  // Expand the groups that `::` stands for.
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
