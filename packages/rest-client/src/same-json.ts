/** Whether two JSON values say the same; the order of members and members that are undefined do not matter. */
export const sameJson = (one: unknown, other: unknown): boolean => {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) || Array.isArray(other)) {
    return (
      Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, index) => sameJson(item, other[index]))
    );
  }
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const left = new Map<string, unknown>(Object.entries(one).filter(([, value]) => value !== undefined));
  const right = new Map<string, unknown>(Object.entries(other).filter(([, value]) => value !== undefined));
  return (
    left.size === right.size &&
    [...left].every(([key, value]) => right.has(key) && sameJson(value, right.get(key)))
  );
};
