import type { Host } from '../runtime/host.ts';
import type { Queries } from '../storage/store.ts';
import { accountProps } from './account.ts';
import { conversationProps } from './conversation.ts';
import { loginThrottleProps, type LoginLimits } from './login-throttle.ts';
import { withPoisonInjection } from './poison-injection.ts';
import { userProps } from './user.ts';

/** What the entry point of a thread is given: plain data only. */
export interface ThreadData {
  readonly dataDir: string;
  readonly shards: number;
  readonly logLevel: string;
  /** How long a session lasts without being renewed. */
  readonly sessionTtlMs: number;
  /** Tests only: poison is obeyed. */
  readonly testFaults: boolean;
}

/** The kinds of actor that a shard hosts; the edge hosts them where there are no shards. */
export const registerShardActors = (host: Host, queries: Queries, testFaults = false): void => {
  const conversations = conversationProps(queries);
  host.register(testFaults ? withPoisonInjection(conversations) : conversations);
  host.register(userProps(queries));
  host.register(accountProps(queries));
};

/** The kind that the edge hosts always. */
export const registerEdgeActors = (host: Host, queries: Queries, limits: LoginLimits): void => {
  host.register(loginThrottleProps(queries, limits));
};
