import { conversation } from '../refs.ts';
import type { OpenSession, SessionContext } from '../session-deps.ts';
import type { Frame } from './frame.ts';

/** Tells the other person, if they are there now; never stored. Past the person's rate nobody is told. [R4] */
export const onTyping = (
  { id, payload }: Frame<'typing'>,
  session: OpenSession,
  context: SessionContext,
): void => {
  const { userId } = session.identity;
  const pair = session.deps.locations.pair(userId, payload.conversation_id);
  if (pair === null) {
    session.refuse('not_found', 'There is no such conversation.', id, context);
    return;
  }
  // Whoever appears offline would be given away.
  if (!session.visible) return;
  if (session.deps.maySignal?.(userId) === false) return;
  context.tell(conversation(pair), {
    type: 'typing',
    userId,
    conversationId: payload.conversation_id,
    typing: payload.typing,
  });
};
