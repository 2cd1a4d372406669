/** How many files are asked about at once. */
const portion = 64;

/** Does something with every item, some at a time: one by one a large tree takes long, all at once it takes the process. */
export const inPortions = async <Item>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> => {
  for (let start = 0; start < items.length; start += portion) {
    await Promise.all(items.slice(start, start + portion).map((item, index) => work(item, start + index)));
  }
};
