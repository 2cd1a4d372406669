/**
 * The names that fit what somebody types, whatever its case: those that begin with it before those that only have it in
 * them, else in their order. The order within each group is that of the list.
 */
export const findNames = <Named extends { readonly name: string }>(
  all: readonly Named[],
  typed: string | undefined,
  isFirst: (named: Named) => boolean,
): readonly Named[] => {
  const wanted = typed?.toLowerCase() ?? '';
  const groups: [first: Named[], beginning: Named[], other: Named[]] = [[], [], []];
  for (const named of all) {
    const at = named.name.toLowerCase().indexOf(wanted);
    if (at >= 0) (isFirst(named) ? groups[0] : at === 0 ? groups[1] : groups[2]).push(named);
  }
  return groups.flat();
};
