import { BlockList, isIP } from 'node:net';
import type { Cidr } from '../../config/fields.ts';
import { RecentMap } from '../../runtime/recent-map.ts';

/** Who is asking, by network address. `key` is what limits count by: the address itself for IPv4, its /64 for IPv6,
 *  because one household or one attacker holds a whole /64 [A3] [A4]. */
export interface ClientAddress {
  readonly address: string;
  readonly key: string;
}

/** How many answers are remembered. */
const ASKED_LATELY = 1_000;

/** Blocks of addresses. Every request is asked about, most come from few addresses, and a look into the blocks takes some ten
 *  microseconds: so the last answers are remembered. */
export class AddressBlocks {
  readonly #list = new BlockList();
  readonly #isEmpty: boolean;
  readonly #answers = new RecentMap<string, boolean>(ASKED_LATELY);

  constructor(blocks: readonly Cidr[]) {
    for (const { address, prefix, family } of blocks) this.#list.addSubnet(address, prefix, family);
    this.#isEmpty = blocks.length === 0;
  }

  /** False also for what is no address. */
  has(address: string): boolean {
    if (this.#isEmpty) return false;
    const known = this.#answers.get(address);
    if (known !== undefined) return known;
    const version = isIP(address);
    const answer = version !== 0 && this.#list.check(address, version === 4 ? 'ipv4' : 'ipv6');
    this.#answers.set(address, answer);
    return answer;
  }
}

/** The nearest address that is not a trusted proxy. Reads `X-Forwarded-For` from the right, where the operator's own proxy
 *  writes, and only while each hop is trusted, so that entries from the client have no effect. An entry that is not an address
 *  ends the search at the hop that sent it. Pure. */
export const clientAddress = (
  remoteAddress: string,
  xForwardedFor: string,
  trustProxy: AddressBlocks,
): ClientAddress => {
  let address = foldAddress(remoteAddress) ?? 'unknown';
  const hops = xForwardedFor === '' ? [] : xForwardedFor.split(',');
  while (hops.length > 0 && trustProxy.has(address)) {
    const next = foldAddress(withoutPort((hops.pop() ?? '').trim()));
    if (next === null) break;
    address = next;
  }
  return { address, key: limiterKey(address) };
};

/** Addresses of this machine and of private networks (RFC 1918, 4193, 6598, link-local): where one's own proxies stand. */
const PRIVATE = new AddressBlocks([
  { address: '127.0.0.0', prefix: 8, family: 'ipv4' },
  { address: '10.0.0.0', prefix: 8, family: 'ipv4' },
  { address: '172.16.0.0', prefix: 12, family: 'ipv4' },
  { address: '192.168.0.0', prefix: 16, family: 'ipv4' },
  { address: '169.254.0.0', prefix: 16, family: 'ipv4' },
  { address: '100.64.0.0', prefix: 10, family: 'ipv4' },
  { address: '::1', prefix: 128, family: 'ipv6' },
  { address: 'fc00::', prefix: 7, family: 'ipv6' },
  { address: 'fe80::', prefix: 10, family: 'ipv6' },
]);

/** Of a folded address. */
export const isPrivate = (address: string): boolean => PRIVATE.has(address);

/** `1.2.3.4:567` and `[::1]:567` as some proxies write them. */
const withoutPort = (text: string): string =>
  /^\[(?<v6>[^\]]*)\](?::\d+)?$/.exec(text)?.groups?.['v6'] ??
  /^(?<v4>[\d.]+):\d+$/.exec(text)?.groups?.['v4'] ??
  text;

/** One spelling for one address, IPv4 inside IPv6 as IPv4; null for what is none. */
export const foldAddress = (text: string): string | null => {
  const version = isIP(text);
  if (version === 4) return text;
  if (version === 0 || text.includes('%')) return null;
  const groups = groupsOf(text);
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  }
  return canonical(text);
};

/** WHATWG's serialiser is RFC 5952's: lower case, the longest run of zeros left out. */
const canonical = (v6: string): string => new URL(`http://[${v6}]`).hostname.slice(1, -1);

const groupsOf = (v6: string): readonly number[] => {
  const [head = '', tail] = canonical(v6).split('::');
  const numbers = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => parseInt(group, 16));
  const left = numbers(head);
  if (tail === undefined) return left;
  const right = numbers(tail);
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
};

/** What limits count a folded address by. */
export const limiterKey = (address: string): string =>
  isIP(address) === 6
    ? `${groupsOf(address)
        .slice(0, 4)
        .map((group) => group.toString(16))
        .join(':')}::/64`
    : address;
