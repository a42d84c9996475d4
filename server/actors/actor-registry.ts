import type { Host } from '../runtime/host.ts';
import type { Queries } from '../storage/reads.ts';
import type { StoreLocation } from '../storage/stores/location.ts';
import { accountProps } from './account/account.ts';
import { conversationProps } from './conversation/conversation.ts';
import { loginThrottleProps, type LoginLimits } from './login-throttle/login-throttle.ts';
import { userProps } from './user/user.ts';

export interface NoticeSettings {
  /** See `parseBroker`. Holds a password. */
  readonly brokerUrl: string;
  readonly prefix: string;
  /** Seals notices; the same on every host. */
  readonly secret: Uint8Array;
}

/** The input of a thread's entry point: plain data only. */
export interface ThreadData {
  readonly store: StoreLocation;
  readonly shards: number;
  readonly logLevel: string;
  /** How hosts on one store tell each other of changes; null where there is one host. */
  readonly notices: NoticeSettings | null;
  /** How long a session lasts without being renewed. */
  readonly sessionTtlMs: number;
  /** Tests only: faults are injected. */
  readonly testFaults: boolean;
}

/** The input of a helper thread: plain data only. */
export interface HelperData {
  readonly store: StoreLocation;
  /** Of this thread to the database, where it is behind a network. */
  readonly connections: number;
}

/** The kinds of actor that a shard hosts; the edge hosts them where there are no shards. */
export const registerShardActors = (host: Host, queries: Queries): void => {
  host.register(conversationProps);
  host.register(userProps);
  host.register(accountProps(queries));
};

/** The kind that the edge hosts always. */
export const registerEdgeActors = (host: Host, limits: LoginLimits): void => {
  host.register(loginThrottleProps(limits));
};
