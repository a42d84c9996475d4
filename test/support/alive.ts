import type { CDPSession } from 'playwright-core';

/** How many objects of these custom elements the page holds on to, after a full collection of garbage; each counts as long
 *  as anything at all can reach it, in the document or out of it. */
export const aliveElements = async (
  cdp: CDPSession,
  names: readonly string[],
): Promise<Readonly<Record<string, number>>> => {
  const objectGroup = 'alive';
  await cdp.send('HeapProfiler.enable');
  // Twice: what the first run lets go may be all that held something else.
  for (let run = 0; run < 2; run += 1) await cdp.send('HeapProfiler.collectGarbage');
  const counts: Record<string, number> = {};
  for (const name of names) {
    const expression = `customElements.get(${JSON.stringify(name)}).prototype`;
    const { result } = await cdp.send('Runtime.evaluate', { expression, objectGroup });
    if (result.objectId === undefined) throw new Error(`no element called ${name}`);
    const { objects } = await cdp.send('Runtime.queryObjects', {
      prototypeObjectId: result.objectId,
      objectGroup,
    });
    const length = await cdp.send('Runtime.callFunctionOn', {
      objectId: objects.objectId!,
      functionDeclaration: 'function () { return this.length; }',
      returnByValue: true,
    });
    counts[name] = Number(length.result.value);
  }
  await cdp.send('Runtime.releaseObjectGroup', { objectGroup });
  return counts;
};
