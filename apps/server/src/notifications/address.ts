import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Never a receiver of ours: this network, link-local and other addresses of clouds' metadata, multicast, reserved. */
const never = new BlockList();
never.addSubnet('0.0.0.0', 8, 'ipv4');
never.addSubnet('169.254.0.0', 16, 'ipv4');
never.addSubnet('224.0.0.0', 3, 'ipv4');
// metadata that are not link-local: 阿里云, AWS over IPv6
never.addAddress('100.100.100.200', 'ipv4');
never.addAddress('fd00:ec2::254', 'ipv6');
never.addAddress('::', 'ipv6');
never.addSubnet('fe80::', 10, 'ipv6');
never.addSubnet('ff00::', 8, 'ipv6');

/** `::ffff:127.0.0.1`, `::ffff:7f00:1` and the NAT64 prefix are IPv4 in other clothes. */
function plain(address: string): string {
  const dotted = /^(?:::ffff:|64:ff9b::)(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const [, high, low] = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

/**
 * Why no connection is made to an address; null: it may be. Networks of the site itself (10/8, 192.168/16 …) may: the
 * targets stand in a file that only the administrator of the machine writes.
 * @param address IP address, as it was resolved
 * @param allowLoopback the target says so
 */
export function refusalOf(address: string, allowLoopback: boolean): string | null {
  const ip = plain(address);
  const family = isIP(ip) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(ip) === 0) return 'the address cannot be read';
  if (loopback.check(ip, family))
    return allowLoopback ? null : 'the target is on this machine: write loopback: true if that is meant';
  return never.check(ip, family)
    ? 'the target is at an address that is no receiver (link-local, metadata of a cloud, multicast)'
    : null;
}
