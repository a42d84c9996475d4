import { isIP } from 'node:net';
import { AddressBlocks, foldAddress } from '../auth/address.ts';

/** What the IANA registries of special-purpose addresses do not list as globally reachable, and multicast (RFC 6890): this machine, private
 *  and shared networks, link-local ones with the metadata services of clouds, documentation, benchmarks, relays. */
const SPECIAL_V4 = new AddressBlocks(
  [
    ...(['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'] as const),
    ...(['172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16'] as const),
    ...(['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'] as const),
  ].map((block) => cidr(block, 'ipv4')),
);
/** Within `GLOBAL_V6`. */
const SPECIAL_V6 = new AddressBlocks(
  ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map((block) => cidr(block, 'ipv6')),
);
const GLOBAL_V6 = new AddressBlocks([cidr('2000::/3', 'ipv6')]);
/** Where a network translates IPv6 to IPv4, the last 32 bits are the address that is meant (RFC 6052). */
const TRANSLATED = new AddressBlocks([cidr('64:ff9b::/96', 'ipv6')]);

function cidr(block: string, family: 'ipv4' | 'ipv6') {
  const [address = '', prefix] = block.split('/');
  return { address, prefix: Number(prefix), family };
}

/** Whether an address is one that a service on the internet may have. What is no address is none. */
export const isPublicAddress = (address: string): boolean => {
  const folded = foldAddress(address);
  if (folded === null) return false;
  if (isIP(folded) === 4) return !SPECIAL_V4.has(folded);
  if (TRANSLATED.has(folded)) return isPublicAddress(lastBits(folded));
  return GLOBAL_V6.has(folded) && !SPECIAL_V6.has(folded);
};

/** The last 32 bits of an address in RFC 5952's form whose 96 bits before end in zeros. */
const lastBits = (address: string): string => {
  const groups = (address.split('::')[1] ?? '').split(':').map((group) => parseInt(group || '0', 16));
  const [low = 0, high = 0] = groups.reverse();
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
};
