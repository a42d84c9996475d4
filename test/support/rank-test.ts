/** Mann and Whitney's test: the two-sided probability that two samples of one distribution differ as much as these, by the
 *  normal approximation with ties. For samples of twenty and more. */
export const rankTest = (a: readonly number[], b: readonly number[]): number => {
  const all = [...a.map((value) => ({ value, mine: true })), ...b.map((value) => ({ value, mine: false }))];
  all.sort((x, y) => x.value - y.value);
  let ranks = 0;
  let ties = 0;
  for (let from = 0; from < all.length;) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to += 1;
    const rank = (from + to + 1) / 2;
    ties += (to - from) ** 3 - (to - from);
    for (const { mine } of all.slice(from, to)) if (mine) ranks += rank;
    from = to;
  }
  const [n, m] = [a.length, b.length];
  const u = ranks - (n * (n + 1)) / 2;
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  return 2 * (1 - normal(Math.abs(u - (n * m) / 2) / Math.sqrt(variance)));
};

/** The normal distribution's share below z ≥ 0 (Abramowitz and Stegun 26.2.17; off by less than 1e-7). */
const normal = (z: number): number => {
  const t = 1 / (1 + 0.2316419 * z);
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
};

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};
