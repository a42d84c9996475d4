/** One session of one user. `state` is what the device keeps: `{ position: { cursor: 0 }, outbox: [], receipts: {} }` at first.
 *  `store(state, message)` copies both at once and keeps them: both or neither. It never rejects. */
export const parleyClient = ({ url, WebSocket, state, store, onRefused, onEnd }) => {
  let [socket, timer, failures] = [null, null, 0];

  const takeTokens = async (path = '/auth/refresh', body = { refresh_token: state.refresh_token }) => {
    const options = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const answer = await fetch(url + path, { ...options, body: JSON.stringify(body) });
    if (!answer.ok) throw Object.assign(new Error(path), { code: answer.status });
    await store(Object.assign(state, await answer.json()));
  };
  const transmit = (type, payload, id = crypto.randomUUID()) =>
    socket?.readyState === 1 && socket.send(JSON.stringify({ id, type, payload }));
  // One message at a time, so that none overtakes one that is refused [R3].
  const sendNext = ([next] = state.outbox) => next && transmit('message', next.payload, next.id);
  const send = async (recipient_id, content, id = crypto.randomUUID()) => {
    const waiting = state.outbox.push({ id, payload: { recipient_id, content } });
    await store(state);
    if (waiting === 1) sendNext();
  };
  // Receipts have no answer [R1]: the last ones are kept, and sent again on the next connection.
  const receipt = (status, { conversation_id, message_id }) =>
    (state.receipts[status + conversation_id] = { message_id, status });

  const connect = () => takeTokens().then(open).catch(lost);
  const open = () => {
    const from = new URLSearchParams(state.position.witness ? state.position : { cursor: 0 });
    const protocols = ['parley.v1', `bearer.${state.access_token}`];
    socket = new WebSocket(`${url.replace('http', 'ws')}/ws?${from}`, protocols);
    let frames = Promise.resolve(); // One after the other, and none after one that failed.
    socket.onerror = () => undefined; // `onclose` follows.
    socket.onclose = (event) => frames.then(() => lost(event), lost);
    socket.onmessage = ({ data }) => {
      clearTimeout(timer);
      timer = setTimeout(() => socket.close(), 2500 * (socket.welcome?.heartbeat_s ?? 30));
      (frames = frames.then(() => take(JSON.parse(data)))).catch(() => socket.close());
    };
  };
  const lost = ({ code }) => {
    clearTimeout(timer);
    if ([401, 4403, 4409, 'outdated', 'reset'].includes(code)) return onEnd(code);
    timer = setTimeout(connect, Math.random() * Math.min(15_000, 500 * 2 ** failures++));
  };

  const take = async ({ type, payload, cursor }) => {
    if (socket.isLive && cursor > state.position.cursor + 1) throw new Error('An event is missing.');
    if (payload.min_version > 2) throw Object.assign(new Error(type), { code: 'outdated' });
    if (payload.reset) throw Object.assign(new Error(type), { code: 'reset' });
    if (type === 'welcome') [state.position.history, socket.welcome] = [payload.history, payload];
    if (type === 'ping') transmit('pong', {});
    const isStored = type === 'message' || payload.status === 'sent';
    const id = isStored ? payload.message_id : payload.ref;
    const done = state.outbox[0]?.id === id && state.outbox.shift();
    if (done && type === 'error') onRefused(done, payload);
    if (cursor > state.position.cursor) {
      const message = isStored && { ...done?.payload, ...payload };
      const delivered = message && !message.status && receipt('delivered', message);
      Object.assign(state.position, { cursor }, message && { witness: `${id}:${cursor}` });
      await store(state, message);
      if (delivered) transmit('ack', delivered);
    }
    if (type === 'sync') [socket.isLive, failures, state.position.cursor] = [true, 0, payload.cursor];
    if (type === 'sync') for (const each of Object.values(state.receipts)) transmit('ack', each);
    if (done || type === 'sync') sendNext();
  };
  return { takeTokens, connect, send, read: (message) => transmit('ack', receipt('read', message)) };
};
