/** The middle one; of an even number the upper of the two. NaN of none. */
export const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

export const spreadOf = (numbers: readonly number[]): readonly [low: number, high: number] => [
  Math.min(...numbers),
  Math.max(...numbers),
];

/** The value that `q` (0 to 1) of the numbers do not exceed. */
export const quantile = (numbers: readonly number[], q: number): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * q) - 1)] ?? NaN;
};
