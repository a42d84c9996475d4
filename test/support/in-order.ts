/** What `each` answers for every item, one after the other. */
export const inOrder = async <T, R>(
  items: Iterable<T>,
  each: (item: T, index: number) => R | Promise<R>,
): Promise<R[]> => {
  const answers: R[] = [];
  for (const item of items) answers.push(await each(item, answers.length));
  return answers;
};
