/** Whether two messages name the same attachments in the same order. */
export const areSameIds = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, at) => id === b[at]);
