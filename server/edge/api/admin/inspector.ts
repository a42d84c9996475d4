import { changedAnswer } from '../../../protocol/resources/admin.ts';
import {
  armedAnswer,
  hostsAnswer,
  threadsAnswer,
  traceBody,
  tracesAnswer,
} from '../../../protocol/resources/inspector.ts';
import { answer } from '../route.ts';
import { adminRoute, operate } from './admin-route.ts';

const threads = adminRoute({
  method: 'GET',
  path: '/admin/api/threads',
  summary: 'Get the state of the threads',
  description:
    'Returns what each thread of the host that answers told of itself last, which it does more than twice a second, and what client frames cost in the last minute.',
  answers: { 200: threadsAnswer },
  handle: async (context) => answer(200, await operate(context, 'inspect.threads', {})),
});

const hosts = adminRoute({
  method: 'GET',
  path: '/admin/api/hosts',
  summary: 'List hosts',
  description:
    'Returns the name of the host that answers, and all hosts that live, as `parley status` does. With SQLite there is none besides the one that answers.',
  answers: { 200: hostsAnswer },
  handle: async (context) => answer(200, await operate(context, 'inspect.hosts', {})),
});

const traces = adminRoute({
  method: 'GET',
  path: '/admin/api/traces',
  summary: 'List the paths of messages',
  description:
    'Returns the last 20 messages whose path was recorded on the host that answers, the newest first, and whether one is waited for. They are kept in memory until the server stops.',
  answers: { 200: tracesAnswer },
  handle: async (context) => answer(200, await operate(context, 'trace.list', {})),
});

const arm = adminRoute({
  method: 'POST',
  path: '/admin/api/traces',
  summary: 'Record the path of the next message',
  description:
    'Records the path of the next message that the host which answers accepts, from one user or from anybody. Waits for it for a minute. One message at a time: else it is refused with `conflict`.',
  body: traceBody,
  answers: { 201: armedAnswer },
  errors: ['not_found', 'conflict'],
  async handle({ body: { username }, ...context }) {
    const input = { username: username?.toLowerCase() ?? null };
    return answer(201, await operate(context, 'trace.arm', input));
  },
});

const cancel = adminRoute({
  method: 'DELETE',
  path: '/admin/api/traces',
  summary: 'Wait for no message',
  description: 'Ends the wait for a message whose path is to be recorded. What was recorded stays.',
  answers: { 200: changedAnswer },
  handle: async (context) => answer(200, await operate(context, 'trace.cancel', {})),
});

export const adminInspectorRoutes = [threads, hosts, traces, arm, cancel];
