import { CLOSES, type CloseAction } from '../../../protocol/close-codes.ts';
import { entry, escaped, figure, inline, prose, type Section } from './html.ts';
import { field, shapeOf, type Objects, type Schema } from './schema.ts';

interface Message {
  readonly name: string;
  readonly description: string;
  readonly payload: Schema;
  readonly examples: readonly { readonly payload: unknown }[];
}
/** What the page reads of the AsyncAPI document. */
export interface AsyncApi {
  readonly info: { readonly description: string };
  readonly channels: {
    readonly ws: {
      readonly address: string;
      readonly description: string;
      readonly bindings: { readonly ws: { readonly query: Schema } };
    };
  };
  readonly components: { readonly messages: Readonly<Record<string, Message>> };
}

const frameHtml = (id: string, { name, description, payload, examples }: Message, objects: Objects) => {
  const fields = payload.properties ?? {};
  const shape = shapeOf(fields['payload'] ?? {}, objects);
  const told =
    prose(description) +
    ('cursor' in fields
      ? '<p class="open">An event of the user’s log: it has a <code>cursor</code>.</p>'
      : '') +
    `<h4>Payload</h4>${shape === '' ? '<p class="shape">empty</p>' : shape}`;
  return entry(
    id,
    `<code>${escaped(name)}</code>`,
    told,
    examples.map((each) => figure('Frame', each.payload)).join(''),
  );
};

/** The fields that all frames have; those of a server frame with a cursor say the most. */
const envelopeHtml = ({ components }: AsyncApi, objects: Objects): string => {
  const { properties = {} } = components.messages['down_message']?.payload ?? {};
  const rows = Object.entries(properties).map(([name, { type = '', format = '', description = '' }]) => {
    const schema = { type, description, ...(format === '' ? {} : { format }) };
    return field(name, schema, name === 'timestamp' || name === 'cursor', objects);
  });
  return `<dl>${rows.join('')}</dl>`;
};

const ACTIONS: Readonly<Record<CloseAction, string>> = {
  reconnect: 'Connect again after a pause.',
  wait: 'Connect again after a pause, and say that the server cannot serve now.',
  renew: 'Renew the access token, then connect again.',
  check: 'Ask whether the session still exists. If it does, leave connecting again to the user.',
  leave: 'The account is gone.',
};

const closesHtml = (): string => {
  const rows = Object.entries(CLOSES).map(([name, { code, action }]) => {
    const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return `<div><dt><code>${String(code)}</code> <span class="type">${words}</span></dt><dd>${ACTIONS[action]}</dd></div>`;
  });
  return `<dl>${rows.join('')}</dl>`;
};

const group = (api: AsyncApi, prefix: string, objects: Objects): Section['entries'] =>
  Object.entries(api.components.messages)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, message]) => {
      const id = `frame-${key.replace('_', '-')}`;
      return {
        id,
        label: `<code>${escaped(message.name)}</code>`,
        html: frameHtml(id, message, objects),
      };
    });

/** The WebSocket: how it opens, what all frames have in common, and each frame of both sides. */
export const frameSections = (api: AsyncApi, objects: Objects): readonly Section[] => {
  const { address, description, bindings } = api.channels.ws;
  // The close codes have a list of their own here.
  const about = api.info.description.replace(/ Close codes: .*/s, '');
  const opening =
    `${prose(about)}<p>${inline(description)}</p>` +
    `<h3>Address</h3><p class="shape"><code>${escaped(address)}</code></p>${shapeOf(bindings.ws.query, objects)}` +
    `<h3>Every frame</h3>${envelopeHtml(api, objects)}<h3>Close codes</h3>${closesHtml()}`;
  return [
    { id: 'websocket', title: 'WebSocket', lead: opening, entries: [] },
    {
      id: 'client-frames',
      title: 'Frames from the client',
      lead: '<p class="lead">What a client may send. Unknown types and unknown fields are refused.</p>',
      entries: group(api, 'up_', objects),
    },
    {
      id: 'server-frames',
      title: 'Frames from the server',
      lead: '<p class="lead">What the server sends. A client ignores types and fields that it does not know.</p>',
      entries: group(api, 'down_', objects),
    },
  ];
};
