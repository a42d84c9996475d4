import { isIP } from 'node:net';
import type { Logger } from '../../runtime/log/log.ts';
import { foldAddress, isPrivate, type AddressBlocks } from '../auth/address.ts';

const FORWARDED_HEADERS = ['x-forwarded-for', 'forwarded', 'x-real-ip'] as const;

/** Warns about a proxy that the settings do not match, once per kind: everybody behind it would share one address, and five failed
 *  logins by anybody would lock all of them out. */
export class ForwardedWatch {
  readonly #trusted: AddressBlocks;
  readonly #log: Logger;
  #toldUntrusted = false;
  #toldSilent = false;

  constructor(trusted: AddressBlocks, log: Logger) {
    this.#trusted = trusted;
    this.#log = log;
  }

  /** What was found so far, in sentences for the operator. */
  readonly faults: string[] = [];

  /** `remoteAddress`: the other end of the connection; headers by lower-case name. Costs nothing once both warnings were given. */
  look(remoteAddress: string, headers: ReadonlyMap<string, string>): void {
    if (this.#toldUntrusted && this.#toldSilent) return;
    const header = FORWARDED_HEADERS.find((name) => headers.has(name));
    const address = foldAddress(remoteAddress);
    if (address === null || isIP(address) === 0) return;
    if (this.#trusted.has(address)) {
      if (headers.has('x-forwarded-for') || this.#toldSilent) return;
      this.#toldSilent = true;
      this.faults.push(
        `The proxy at ${address} is trusted but sends no X-Forwarded-For, so everybody behind it shares one address: let it send that header.`,
      );
      this.#log.warn(
        {
          address,
          set: 'let the proxy send X-Forwarded-For (deploy/ has tested files), or take the address out of PARLEY_TRUST_PROXY',
        },
        'proxy.no-forwarded-address',
      );
    } else if (header !== undefined && !this.#toldUntrusted && isPrivate(address)) {
      this.#toldUntrusted = true;
      this.faults.push(
        `Requests come with ${header} from ${address}, which is not trusted, so everybody behind it shares one address: set ` +
          `PARLEY_TRUST_PROXY=${address}, if this is your proxy.`,
      );
      this.#log.warn(
        { address, header, set: `PARLEY_TRUST_PROXY=${address}, if this is your proxy` },
        'proxy.not-trusted',
      );
    }
  }
}
