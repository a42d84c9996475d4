import type { Config } from '../../config/config.ts';
import type { Secrets } from '../auth/secrets.ts';
import { PushNotifier, type PushNotifierOptions } from './push-notifier.ts';
import { Vapid } from './vapid.ts';

/** What routes need of pushes. */
export interface PushService {
  /** What clients subscribe with. */
  readonly key: string;
  /** See `endpointOf`. */
  readonly allowed: ReadonlySet<string>;
}

export interface OpenPush extends PushService {
  readonly notifier: PushNotifier;
}

/** Null if the operator has not switched pushes on. */
export const openPush = (
  config: Config,
  secrets: Pick<Secrets, 'refresh'>,
  options: Omit<PushNotifierOptions, 'vapid' | 'allowed'>,
): OpenPush | null => {
  if (config.push === null) return null;
  const vapid = new Vapid(secrets.refresh, config.push.subject, options.clock);
  const allowed = new Set(config.push.allowed);
  return { key: vapid.publicKey, allowed, notifier: new PushNotifier({ ...options, vapid, allowed }) };
};
