/** What a push to a device needs. `p256dh` and `auth`: the keys of its browser (RFC 8291), in base64url. */
export interface PushSubscription {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  /** Whether the user wants the text of messages in the pushes to this device. */
  readonly showText: boolean;
}

/** A message that a push may tell of. */
export interface PushQuestion {
  readonly senderId: string;
  readonly recipientId: string;
}

/** `senderName`: what the sender is called now. `subscriptions`: where the recipient wants to hear of it; none if they have muted the
 *  conversation, or have a visible connection at another host. */
export interface PushAudience {
  readonly senderName: string;
  readonly subscriptions: readonly (PushSubscription & { readonly sessionId: string })[];
}

/** The writes that change where pushes go. */
export interface PushWrites {
  /** Sets where pushes for a login session go, in place of what was there. An endpoint that another session had is this one's from now
   *  on: somebody else logged in at the same browser before. `not-found`: the session has ended. */
  subscribePush: {
    in: { userId: string; sessionId: string; subscription: PushSubscription };
    out: { kind: 'subscribed' } | { kind: 'not-found' };
  };
  /** Ends the subscription of a session, if there is one. `endpoint`: only if it is still this one. */
  unsubscribePush: {
    in: { userId: string; sessionId: string; endpoint?: string };
    out: { kind: 'unsubscribed' };
  };
}
