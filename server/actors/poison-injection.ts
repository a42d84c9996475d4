import type { Props } from '../runtime/actor.ts';
import { injectDeath } from '../runtime/fault-injection.ts';
import type { ConversationMessage } from './refs.ts';

const ORDER = /^poison (actor|shard|writer) (throw|exit|oom|hang)$/;

/** Test only: a message whose text says so takes down what handles it, whenever it is handled. */
export const injectPoison = (content: string, here: 'actor' | 'shard' | 'writer'): void => {
  const [, where, how = ''] = ORDER.exec(content) ?? [];
  if (where !== here) return;
  if (where !== 'actor') injectDeath(how);
  throw new Error('poison');
};

/** Test only: conversations that obey. */
export const withPoisonInjection = (props: Props<ConversationMessage>): Props<ConversationMessage> => ({
  ...props,
  create(key) {
    const actor = props.create(key);
    return {
      receive(message, context) {
        if (message.type === 'post') {
          injectPoison(message.content, 'actor');
          injectPoison(message.content, 'shard');
        }
        return actor.receive(message, context);
      },
    };
  },
});
