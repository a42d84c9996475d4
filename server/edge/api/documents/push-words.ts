import { pushAnswer, pushBody, pushKeyAnswer, pushKeys } from '../../../protocol/resources/push.ts';
import { describe, type Described } from './describe.ts';

const ENDPOINT = 'https://push.example/send/f3Kq9aLw2xR7';
const KEYS = {
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
};

const KEY = 'BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs';

/** Where the server sends pushes. */
export const PUSH_WORDS: readonly Described[] = [
  describe(
    pushKeyAnswer,
    'The key of the server.',
    { key: 'The `applicationServerKey` (RFC 8292): a point of P-256 in base64url.' },
    { key: KEY },
  ),
  describe(
    pushKeys,
    'The keys of the browser, as `PushSubscription.getKey` gives them.',
    {
      p256dh: 'The public key of the subscription, in base64url.',
      auth: 'The secret of the subscription, in base64url.',
    },
    KEYS,
  ),
  describe(
    pushBody,
    'A push subscription of a browser.',
    {
      endpoint: 'The address of the subscription at the push service of the browser.',
      keys: 'The keys with which pushes are encrypted, so that the push service cannot read them.',
      expirationTime:
        'What `PushSubscription.toJSON` gives besides. Ignored: the push service says when a subscription has ended.',
      show_text: 'Whether pushes hold the beginning of the text; false if it is not given.',
    },
    { endpoint: ENDPOINT, keys: KEYS, show_text: true },
  ),
  describe(
    pushAnswer,
    'Where pushes for this session go.',
    {
      key: 'The key of the server, as `/push/key` returns it; null if it sends no pushes.',
      endpoint: 'The address of the subscription; null if there is none.',
      show_text: 'Whether pushes hold the beginning of the text.',
    },
    { key: KEY, endpoint: ENDPOINT, show_text: true },
  ),
];
