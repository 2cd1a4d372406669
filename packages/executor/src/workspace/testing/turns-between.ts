/** Counts the turns of the event loop between marks, until the counts are asked for. */
export const countTurns = (): { readonly mark: () => void; readonly between: () => readonly number[] } => {
  let turn = 0;
  const marks: number[] = [];
  let isOver = false;
  const next = (): void => {
    turn += 1;
    if (!isOver) setImmediate(next);
  };
  setImmediate(next);
  return {
    mark: () => marks.push(turn),
    between() {
      isOver = true;
      return marks.slice(1).map((mark, at) => mark - (marks[at] ?? 0));
    },
  };
};
