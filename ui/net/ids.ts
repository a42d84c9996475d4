/** Makes a UUIDv7 (RFC 9562). Its ids are ordered by time, so the server's index of ids grows at its end.
 *  `crypto.randomUUID` needs a secure context, which a server in a local network over http is not; `getRandomValues`
 *  is always available. */
export const uuidv7 = (now: number, random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): string => {
  const bytes = random(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(now / 0x1_0000));
  view.setUint16(4, now % 0x1_0000);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

export const newId = (): string => uuidv7(Date.now(), (bytes) => crypto.getRandomValues(bytes));

/** Returns a number in [0, 1), for jitter and never for a secret. */
export const chance = (): number => Math.random();
