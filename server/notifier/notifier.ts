/** Carries small packets between hosts, through a broker. It gives no guarantee: whoever uses it finds out what was lost
 *  (`NoticeSequence`). */
export interface Notifier {
  /** To all hosts, this one included. What cannot be sent soon is dropped and counted. */
  publish(bytes: Uint8Array): void;
  readonly stats: NotifierStats;
  /** Nothing is told after this is called. The promise never rejects. */
  close(): Promise<void>;
}

/** For metrics. All but `isAlive` only rise. */
export interface NotifierStats {
  readonly isAlive: boolean;
  readonly published: number;
  /** There was no connection, or the broker was too slow. */
  readonly dropped: number;
  readonly heard: number;
  readonly connects: number;
  readonly failedConnects: number;
  readonly losses: number;
}

export interface NotifierEvents {
  readonly onNotice: (bytes: Uint8Array) => void;
  /** Whether packets get through. `reason` is for the log, and '' when it is alive. */
  readonly onState: (isAlive: boolean, reason: string) => void;
}

/** One connection to a broker that is subscribed, until it is lost. */
export interface BrokerSession {
  /** Sends packets, in this order; resolves when the broker has them. */
  send(packets: readonly Uint8Array[]): Promise<void>;
  /** Resolves when the broker has answered on every connection of the session. */
  probe(): Promise<void>;
  /** Frees the connections at once, whether the broker answers or not. */
  end(): void;
}

export interface BrokerSessionEvents {
  readonly onNotice: (bytes: Uint8Array) => void;
  readonly onLost: (reason: string) => void;
}

/** Gives up by itself if the broker does not answer within `CONNECT_WITHIN_MS`, and then leaves nothing behind. */
export type OpenBrokerSession = (events: BrokerSessionEvents) => Promise<BrokerSession>;

export const CONNECT_WITHIN_MS = 3_000;
