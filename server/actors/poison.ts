import type { Props } from '../runtime/actor.ts';
import { dieByOrder } from '../runtime/die.ts';
import type { ConversationMessage } from './refs.ts';

const ORDER = /^poison (actor|shard|writer) (throw|exit|oom|hang)$/;

/** Test only: a message whose text says so takes down what handles it, whenever it is handled. */
export const obeyPoison = (content: string, here: 'actor' | 'shard' | 'writer'): void => {
  const [, where, how = ''] = ORDER.exec(content) ?? [];
  if (where !== here) return;
  if (where !== 'actor') dieByOrder(how);
  throw new Error('poison');
};

/** Test only: conversations that obey. */
export const poisonable = (props: Props<ConversationMessage>): Props<ConversationMessage> => ({
  ...props,
  create(key) {
    const actor = props.create(key);
    return {
      receive(message, context) {
        if (message.type === 'post') {
          obeyPoison(message.content, 'actor');
          obeyPoison(message.content, 'shard');
        }
        return actor.receive(message, context);
      },
    };
  },
});
