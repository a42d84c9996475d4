import { lookup as systemLookup, Resolver } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** Asks the network, and not the functions of the system: these wait in the few threads in which the process also signs tokens. */
const resolver = new Resolver({ timeout: 2_500, tries: 2 });

/** The name stands for an address that only this server or its network can reach. */
class PrivateAddress extends Error {
  readonly code = 'EPRIVATE';
}

interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** How names of push services are resolved when a connection is opened, so that no later answer can be another one. A name with one
 *  address that is not public is refused as a whole. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  void resolve(hostname).then(
    (addresses) => {
      const wanted = addresses.filter(({ family }) => !options.family || family === options.family);
      const [first] = wanted;
      if (first === undefined) callback(failure('ENOTFOUND', hostname), '', 0);
      else if (options.all === true) callback(null, [...wanted]);
      else callback(null, first.address, first.family);
    },
    (error: unknown) => {
      callback(error instanceof Error ? error : failure('ENOTFOUND', hostname), '', 0);
    },
  );
};

/** Of services that the operator allows: as everything on this machine is resolved. */
export const anyLookup: LookupFunction = systemLookup;

const resolve = async (hostname: string): Promise<readonly Address[]> => {
  const [v4, v6] = await Promise.all([addressesOf(hostname, 4), addressesOf(hostname, 6)]);
  const addresses = [...v4, ...v6];
  if (!addresses.every(({ address }) => isPublicAddress(address)))
    throw new PrivateAddress(`${hostname} is not at a public address`);
  return addresses;
};

/** None if the name has no such addresses, or nobody knows. */
const addressesOf = (hostname: string, family: 4 | 6): Promise<readonly Address[]> =>
  new Promise((done) => {
    const found = (error: NodeJS.ErrnoException | null, addresses: readonly string[] | undefined): void => {
      done(error === null ? (addresses ?? []).map((address) => ({ address, family })) : []);
    };
    if (family === 4) resolver.resolve4(hostname, found);
    else resolver.resolve6(hostname, found);
  });

const failure = (code: string, hostname: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${hostname} is not known`), { code });
